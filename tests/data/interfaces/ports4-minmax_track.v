module minmax_track(input clk, input srst, input signed [10:0] temp, input temp_vld, output signed [10:0] t_min, output signed [10:0] t_max, output [15:0] n_meas, output seen);
endmodule
