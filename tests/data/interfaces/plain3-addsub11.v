module addsub11(
  input [10:0] x,
  input [10:0] y,
  input sub,
  output [10:0] result,
  output zero
);
  assign result = sub ? (x - y) : (x + y);
  assign zero = (result == 11'd0);
endmodule
