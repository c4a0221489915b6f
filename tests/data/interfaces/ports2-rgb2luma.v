module rgb2luma(
  input [7:0] r,
  input [7:0] g,
  input [7:0] b,
  input hs,
  input vs,
  input de,
  output [7:0] y,
  output hs_q,
  output vs_q,
  output de_q,
  input pclk
);
endmodule
