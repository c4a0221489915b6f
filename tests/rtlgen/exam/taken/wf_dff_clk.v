module golden(input clk, input d, input en, output reg q);
  initial q = 0;
  always @(posedge clk) if (en) q <= d;
endmodule
