module prio_enc16(input [15:0] in_vec, input [15:0] mask, output [3:0] idx, output any);
endmodule
