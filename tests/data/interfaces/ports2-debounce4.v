module debounce4(
  input sys_clk,
  input sys_rst,
  input [3:0] keys,
  input tick,
  output [3:0] stable,
  output [3:0] pressed,
  output [3:0] released
);
endmodule
