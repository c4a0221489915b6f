module golden(input clk, input rst, input a, input b, output f);
  reg [1:0] s;
  always @(posedge clk or posedge rst)
    if (rst) s <= 0;
    else case ({a, b}) 0: s <= 0; 1: s <= 1; 2: s <= 2; 3: s <= s == 1 ? 1 : 0; endcase
  assign f = s == 1;
endmodule
