module golden(input clk, input rst_n, input nxt, output [7:0] seg);
  reg [1:0] s;
  always @(posedge clk) if (!rst_n) s <= 0; else if (nxt) s <= s == 2 ? 0 : s + 1;
  assign seg = s == 0 ? 8'h3f : s == 1 ? 8'h06 : 8'h5b;
endmodule
