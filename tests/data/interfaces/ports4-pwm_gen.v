module pwm_gen(input clk, input rst_n, input en, input [11:0] period, input [11:0] duty, output pwm_o, output wrap);
endmodule
