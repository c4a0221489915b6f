module gray_conv(input mode, input [5:0] din, output [5:0] dout, output parity);
endmodule
