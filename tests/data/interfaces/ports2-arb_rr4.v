module arb_rr4(
  input clk,
  input rst_n,
  input [3:0] req,
  input ack,
  output [3:0] gnt,
  output [1:0] gnt_id,
  output busy
);
endmodule
