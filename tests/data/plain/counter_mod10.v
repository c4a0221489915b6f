module counter_mod10(input clk, rst, output reg [3:0] q);
  always @(posedge clk) if (rst) q <= 0; else q <= q == 9 ? 0 : q + 1;
endmodule
