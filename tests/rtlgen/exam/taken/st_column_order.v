module golden(input clk, input rst, input go, output y);
  reg [1:0] s;
  always @(posedge clk or posedge rst)
    if (rst) s <= 1;
    else case (s) 0: s <= go ? 1 : 0; 1: s <= go ? 0 : 2; default: s <= go ? 1 : 2; endcase
  assign y = s == 1;
endmodule
