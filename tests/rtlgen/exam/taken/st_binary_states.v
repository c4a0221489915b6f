module golden(input clk, input rst, input d, output p, output q);
  reg [1:0] s;
  always @(posedge clk) if (rst) s <= 2; else s <= d ? s - 1 : s + 1;
  assign p = s[0], q = ~s[1];
endmodule
