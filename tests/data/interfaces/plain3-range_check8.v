module range_check8(
  input [7:0] value,
  input [7:0] low,
  input [7:0] high,
  output in_range,
  output below,
  output above
);
  assign below = (value < low);
  assign above = (value > high);
  assign in_range = (value >= low) && (value <= high);
endmodule
