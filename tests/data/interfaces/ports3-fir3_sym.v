module fir3_sym(input clk, input rst, input signed [13:0] x, input signed [9:0] c0, input signed [9:0] c1, output signed [25:0] y, input x_vld, output y_vld);
endmodule
