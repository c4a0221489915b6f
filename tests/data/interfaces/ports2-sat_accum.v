module sat_accum(
  input clk,
  input rst,
  input signed [11:0] din,
  input din_valid,
  output signed [19:0] acc,
  output sat
);
endmodule
