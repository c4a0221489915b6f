module signed_cmp9(
  input signed [8:0] a,
  input signed [8:0] b,
  output lt,
  output eq,
  output gt
);
  assign lt = (a < b);
  assign eq = (a == b);
  assign gt = (a > b);
endmodule
