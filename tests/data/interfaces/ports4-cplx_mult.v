module cplx_mult(input clk, input ce, input signed [13:0] ar, input signed [13:0] ai, input signed [13:0] br, input signed [13:0] bi, output signed [28:0] pr, output signed [28:0] pi);
endmodule
