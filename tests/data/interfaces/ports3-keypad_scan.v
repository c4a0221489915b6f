module keypad_scan(input clk, input rst_n, input [3:0] row, output [3:0] col, output [3:0] key, output key_down, output key_stb);
endmodule
