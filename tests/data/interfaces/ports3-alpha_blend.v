module alpha_blend(input [7:0] fg, input [7:0] bg, input [7:0] alpha, input bypass, output [7:0] pix);
endmodule
