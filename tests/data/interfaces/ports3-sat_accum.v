module sat_accum(input clk, input rst_n, input clear, input in_valid, input signed [11:0] sample, output signed [19:0] acc, output saturated);
endmodule
