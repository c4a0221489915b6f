module byte_swap64(input [63:0] din, input [1:0] mode, output [63:0] dout);
endmodule
