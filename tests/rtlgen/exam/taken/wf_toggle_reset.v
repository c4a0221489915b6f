module golden(input clk, input rst, input t, output reg q);
  always @(posedge clk) q <= rst ? 0 : q ^ t;
endmodule
