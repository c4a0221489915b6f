module fifo_flags(
  input clk,
  input rst_n,
  input push,
  input pop,
  input [5:0] af_level,
  input [5:0] ae_level,
  output full,
  output empty,
  output almost_full,
  output almost_empty,
  output [5:0] level
);
endmodule
