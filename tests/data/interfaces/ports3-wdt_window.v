module wdt_window(input clk, input por_n, input kick, input arm, input [11:0] t_open, input [11:0] t_close, output early, output late, output sys_rst, output [11:0] timer);
endmodule
