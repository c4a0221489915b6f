module dac_sdm(
  input clk,
  input rst,
  input mute,
  input signed [15:0] level,
  output bitstream,
  output signed [17:0] integ
);
endmodule
