module prio_enc16(input [15:0] req, input en, output [3:0] idx, output any);
endmodule
