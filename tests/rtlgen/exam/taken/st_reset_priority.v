module golden(input clk, input reset, input en, output tick);
  reg [1:0] s;
  always @(posedge clk) if (reset) s <= 0; else if (en) s <= s == 2 ? 0 : s + 1;
  assign tick = s == 2;
endmodule
