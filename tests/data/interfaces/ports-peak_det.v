module peak_det(input clk_adc, input rst_adc_n, input signed [12:0] echo, input echo_stb, input [11:0] thr, input [2:0] rate, output [11:0] env, output [11:0] peak, output above);
endmodule
