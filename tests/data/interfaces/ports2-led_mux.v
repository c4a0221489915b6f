module led_mux(
  input clk,
  input rst,
  input [15:0] digits,
  input [3:0] dots,
  input blank,
  output [7:0] seg,
  output [3:0] anode
);
endmodule
