module ts_capture(
  input clk,
  input rst,
  input trig,
  input rearm,
  input pps,
  input [31:0] ts_init,
  output armed,
  output overrun,
  output [31:0] now,
  output [31:0] stamp,
  output [31:0] pps_stamp
);
endmodule
