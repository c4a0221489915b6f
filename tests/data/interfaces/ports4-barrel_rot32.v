module barrel_rot32(input [31:0] din, input [4:0] amount, input right, output [31:0] dout);
endmodule
