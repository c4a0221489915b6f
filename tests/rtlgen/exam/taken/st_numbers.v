module golden(input clk, input rst, input go, output f);
  reg [1:0] s;
  always @(posedge clk) if (rst) s <= 2; else case (s)
    0: s <= go; 1: s <= 2; 2: s <= go ? 0 : 3; 3: s <= 0; endcase
  assign f = s[0];
endmodule
