module wdt_core(input wclk, input por_n, input kick, input enable, input lock, input [19:0] timeout, output bark, output bite, output [19:0] remain);
endmodule
