module minmax_track(
  input clk,
  input rst,
  input clear,
  input signed [17:0] sample,
  input sample_en,
  output signed [17:0] min_val,
  output signed [17:0] max_val,
  output seen
);
endmodule
