module div_seq(
  input clk,
  input rst,
  input go,
  input [15:0] num,
  input [7:0] den,
  output [15:0] quo,
  output [7:0] rem,
  output rdy,
  output dz
);
endmodule
