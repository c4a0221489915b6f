module hamming74_dec(input [6:0] code, output [3:0] nibble, output [2:0] syndrome, output corrected);
endmodule
