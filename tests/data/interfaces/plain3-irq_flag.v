module irq_flag(
  input clk,
  input rst,
  input event_in,
  input ack,
  input mask,
  output reg pending,
  output irq
);
  assign irq = pending & ~mask;
  always @(posedge clk or posedge rst)
    if (rst) pending <= 1'b0;
    else if (event_in) pending <= 1'b1;
    else if (ack) pending <= 1'b0;
endmodule
