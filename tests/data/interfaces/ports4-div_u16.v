module div_u16(input clk, input rst_n, input start, input [15:0] dividend, input [15:0] divisor, output [15:0] quotient, output [15:0] remainder, output done, output div_by_zero);
endmodule
