module rr_arb4(input clk, input rst, input [3:0] req, input ack, output [3:0] gnt, output [1:0] owner, output busy);
endmodule
