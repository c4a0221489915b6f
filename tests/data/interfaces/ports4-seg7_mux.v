module seg7_mux(input clk, input tick, input [15:0] digits, input [3:0] dp, input [3:0] blank, output [7:0] seg_n, output [3:0] an_n);
endmodule
