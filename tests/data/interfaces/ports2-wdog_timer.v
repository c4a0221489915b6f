module wdog_timer(
  input clk,
  input por_n,
  input kick,
  input enable,
  input [15:0] timeout,
  output bark,
  output bite,
  output [15:0] remaining
);
endmodule
