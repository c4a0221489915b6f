module pwm_dual(
  input clk,
  input rst_n,
  input [9:0] period,
  input [9:0] duty_a,
  input [9:0] duty_b,
  input run,
  output pwm_a,
  output pwm_b,
  output [9:0] cnt
);
endmodule
