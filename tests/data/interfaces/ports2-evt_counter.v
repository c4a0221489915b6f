module evt_counter(
  input clk,
  input reset,
  input evt,
  input clr,
  input [23:0] limit,
  output [23:0] count,
  output hit
);
endmodule
