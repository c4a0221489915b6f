module golden(input clk, input reset, input car, input walk, output [1:0] light);
  reg [1:0] s;
  always @(posedge clk) if (reset) s <= 0; else case (s)
    2: s <= car ? 1 : 2; 1: s <= 0; default: s <= walk ? 0 : 2; endcase
  assign light = s;
endmodule
