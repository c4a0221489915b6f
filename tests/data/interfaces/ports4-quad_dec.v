module quad_dec(input clk, input rst_n, input enc_a, input enc_b, input load, input signed [23:0] load_val, output signed [23:0] position, output step, output dir);
endmodule
