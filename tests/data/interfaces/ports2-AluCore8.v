module AluCore8(
  input [7:0] opA,
  input [7:0] opB,
  input [2:0] fn,
  input cIn,
  output [7:0] res,
  output cOut,
  output isZero,
  output isNeg
);
endmodule
