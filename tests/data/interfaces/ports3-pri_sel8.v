module pri_sel8(input [7:0] req, input [7:0] mask, output [2:0] idx, output any);
endmodule
