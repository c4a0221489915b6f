module comp(input [7:0] a, b, output gt, eq, lt);
  assign gt = a > b, eq = a == b, lt = a < b;
endmodule
