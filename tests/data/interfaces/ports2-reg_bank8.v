module reg_bank8(
  input clk,
  input wen,
  input ren,
  input [2:0] waddr,
  input [2:0] raddr,
  input [31:0] wdata,
  input [3:0] wstrb,
  output [31:0] rdata,
  output rvalid
);
endmodule
