module golden(input clk, input rst, input go, output [3:0] speed);
  reg [1:0] s;
  always @(posedge clk) if (rst) s <= 0; else s <= go ? (s == 2 ? 2 : s + 1) : (s == 0 ? 0 : s - 1);
  assign speed = s == 0 ? 0 : s == 1 ? 5 : 12;
endmodule
