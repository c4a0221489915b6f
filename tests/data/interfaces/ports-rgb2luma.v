module rgb2luma(input pclk, input prst, input [7:0] r, input [7:0] g, input [7:0] b, input de, output [7:0] luma, output luma_de);
endmodule
