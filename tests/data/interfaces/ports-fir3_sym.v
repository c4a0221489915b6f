module fir3_sym(input clock, input reset, input signed [11:0] sample_in, input sample_valid, output signed [14:0] filt_out, output filt_valid);
endmodule
