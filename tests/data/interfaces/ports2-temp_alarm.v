module temp_alarm(
  input clk,
  input rst_n,
  input signed [10:0] temp,
  input temp_upd,
  input signed [10:0] hi_thr,
  input signed [10:0] lo_thr,
  input irq_ack,
  output over,
  output under,
  output irq
);
endmodule
