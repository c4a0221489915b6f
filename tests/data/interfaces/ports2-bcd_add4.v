module bcd_add4(
  input [15:0] x,
  input [15:0] y,
  input ci,
  output [15:0] s,
  output co,
  output [3:0] bad
);
endmodule
