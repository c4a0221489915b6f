module gray_conv(input [7:0] bin_i, input [7:0] gray_i, output [7:0] gray_o, output [7:0] bin_o);
endmodule
