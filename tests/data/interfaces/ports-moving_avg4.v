module moving_avg4(input clk, input srst, input signed [9:0] x, input x_en, input clr, output signed [9:0] avg, output full);
endmodule
