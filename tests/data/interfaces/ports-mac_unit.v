module mac_unit(input clk, input rst, input signed [15:0] op_a, input signed [15:0] op_b, input go, input clr_acc, input [4:0] shamt, output signed [39:0] acc, output signed [15:0] res, output sat);
endmodule
