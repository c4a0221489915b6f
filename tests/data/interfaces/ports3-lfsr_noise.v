module lfsr_noise(input clk, input rst, input step, input load, input [22:0] seed, output signed [7:0] noise, output stuck);
endmodule
