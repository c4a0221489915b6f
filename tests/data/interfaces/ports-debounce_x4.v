module debounce_x4(input clk_50m, input reset_n, input [3:0] btn, input tick_1k, output [3:0] pressed, output [3:0] fell, output [3:0] rose);
endmodule
