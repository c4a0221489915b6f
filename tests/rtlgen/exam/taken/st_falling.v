module golden(input clk, input rst, input t, output reg q);
  always @(negedge clk) if (rst) q <= 0; else q <= q ^ t;
endmodule
