module golden(input clk, input rst, input a, input b, output u, output v);
  reg s;
  always @(posedge clk) if (rst) s <= 0; else s <= s ? !b : a;
  assign u = s ? !b : a, v = s;
endmodule
