module popcnt24(input [23:0] word, input [23:0] mask, output [4:0] ones, output parity);
endmodule
