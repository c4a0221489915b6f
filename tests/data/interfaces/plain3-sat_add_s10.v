module sat_add_s10(
  input signed [9:0] a,
  input signed [9:0] b,
  output signed [9:0] sum,
  output sat
);
  wire signed [10:0] full = a + b;
  wire over = (full > 11'sd511);
  wire under = (full < -11'sd512);
  assign sum = over ? 10'h1FF : under ? 10'h200 : full[9:0];
  assign sat = over | under;
endmodule
