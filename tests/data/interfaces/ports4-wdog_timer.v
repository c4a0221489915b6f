module wdog_timer(input clk, input por_n, input enable, input kick, input [19:0] timeout_val, output bark, output bite, output [19:0] remaining);
endmodule
