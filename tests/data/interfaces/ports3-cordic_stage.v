module cordic_stage(input clk, input rst_n, input signed [17:0] xi, input signed [17:0] yi, input signed [17:0] zi, input [4:0] shift, input signed [17:0] atan_k, output signed [17:0] xo, output signed [17:0] yo, output signed [17:0] zo);
endmodule
