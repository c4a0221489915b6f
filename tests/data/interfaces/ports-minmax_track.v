module minmax_track(input clk, input rst_n, input signed [13:0] din, input din_vld, input restart, output signed [13:0] min_val, output signed [13:0] max_val, output [14:0] span, output seen);
endmodule
