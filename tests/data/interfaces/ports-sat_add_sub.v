module sat_add_sub(input signed [9:0] a, input signed [9:0] b, input sub, output signed [9:0] y, output ovf);
endmodule
