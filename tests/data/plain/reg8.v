module reg8(input clk, rst, load, input [7:0] d, output reg [7:0] q);
  always @(posedge clk) if (rst) q <= 0; else if (load) q <= d;
endmodule
