module iir_dcblock(input clk, input rst_n, input strobe, input signed [15:0] pcm_in, input [3:0] k, output signed [15:0] pcm_out, output out_strobe, output clip);
endmodule
