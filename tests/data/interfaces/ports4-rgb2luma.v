module rgb2luma(input pclk, input de_in, input hs_in, input vs_in, input [7:0] r, input [7:0] g, input [7:0] b, output de_out, output hs_out, output vs_out, output [7:0] luma);
endmodule
