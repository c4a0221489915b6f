module lfsr_gen(
  input clk,
  input nreset,
  input advance,
  input seed_we,
  input [15:0] seed,
  output [15:0] state,
  output bit_out,
  output locked
);
endmodule
