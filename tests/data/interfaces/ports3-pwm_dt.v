module pwm_dt(input clk_i, input rst_i, input [9:0] duty_i, input [5:0] dead_i, input en_i, output hi_o, output lo_o, output period_o);
endmodule
