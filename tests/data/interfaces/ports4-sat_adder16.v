module sat_adder16(input signed [15:0] a, input signed [15:0] b, output signed [15:0] sum, output ovf);
endmodule
