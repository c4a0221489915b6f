module quad_enc(input CLK, input NRST, input CHA, input CHB, input ZERO, output signed [15:0] POS, output FAULT);
endmodule
