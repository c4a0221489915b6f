module lfsr_scr(input clk, input rstb, input [7:0] d_in, input d_vld, input byp, input reseed, output [7:0] d_out, output d_out_vld, output [15:0] state);
endmodule
