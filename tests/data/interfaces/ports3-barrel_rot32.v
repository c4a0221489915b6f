module barrel_rot32(input [31:0] src, input [4:0] amt, input [1:0] op, input sticky_in, output [31:0] res, output sticky_out);
endmodule
