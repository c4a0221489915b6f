module quad_decoder(input clk, input rst, input enc_a, input enc_b, input enc_z, input [15:0] preload, output signed [15:0] position, output dir, output glitch);
endmodule
