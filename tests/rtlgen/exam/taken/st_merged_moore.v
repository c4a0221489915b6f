module golden(input clk, input rst, input up, output [1:0] level);
  reg [1:0] s;
  always @(posedge clk) if (rst) s <= 2; else if (up) s <= s == 3 ? 3 : s + 1; else s <= s == 1 ? 1 : s - 1;
  assign level = s;
endmodule
