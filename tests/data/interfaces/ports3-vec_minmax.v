module vec_minmax(input signed [9:0] x0, input signed [9:0] x1, input signed [9:0] x2, input signed [9:0] x3, output signed [9:0] min_val, output signed [9:0] max_val, output [1:0] min_pos, output [1:0] max_pos);
endmodule
