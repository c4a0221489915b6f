module popcnt32(input [31:0] x, input [31:0] msk, output [5:0] n, output odd);
endmodule
