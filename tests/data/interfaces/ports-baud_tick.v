module baud_tick(input sys_clk, input sys_rst_n, input run, input [15:0] divisor, input load, output tick, output tick16, output [15:0] count);
endmodule
