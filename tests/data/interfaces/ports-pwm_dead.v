module pwm_dead(input mclk, input mrst, input [10:0] period, input [10:0] duty, input [5:0] dead, input trip, output hi, output lo, output sync);
endmodule
