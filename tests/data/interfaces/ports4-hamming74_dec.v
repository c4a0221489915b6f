module hamming74_dec(input [6:0] code, output [3:0] data, output err, output [2:0] pos);
endmodule
