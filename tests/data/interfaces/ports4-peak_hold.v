module peak_hold(input clk, input rst, input sample_en, input signed [23:0] sample, input [3:0] decay, output [22:0] peak, output new_peak);
endmodule
