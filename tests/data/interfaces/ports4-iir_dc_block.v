module iir_dc_block(input clk, input rst, input x_valid, input signed [17:0] x, output y_valid, output signed [17:0] y);
endmodule
