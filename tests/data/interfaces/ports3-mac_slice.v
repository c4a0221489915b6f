module mac_slice(input clk, input rst, input signed [15:0] a, input signed [15:0] b, input first, input ce, output signed [39:0] p);
endmodule
