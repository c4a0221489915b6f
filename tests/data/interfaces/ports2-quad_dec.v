module quad_dec(
  input clk_i,
  input rst_i,
  input ch_a_i,
  input ch_b_i,
  input index_i,
  input wr_i,
  input signed [23:0] preset_i,
  output signed [23:0] pos_o,
  output dir_o,
  output err_o
);
endmodule
