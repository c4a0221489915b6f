module i2s_deser(input bclk, input resetn, input lrck, input sdata, output signed [23:0] left, output signed [23:0] right, output frame);
endmodule
