module abs_diff8(
  input signed [7:0] a,
  input signed [7:0] b,
  output [7:0] diff,
  output a_bigger
);
  wire [7:0] ab = a - b;
  wire [7:0] ba = b - a;
  assign a_bigger = (a > b);
  assign diff = a_bigger ? ab : ba;
endmodule
