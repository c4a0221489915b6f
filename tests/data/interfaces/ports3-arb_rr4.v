module arb_rr4(input clk, input nreset, input [3:0] request, input lock, output [3:0] grant, output [1:0] grant_id, output idle);
endmodule
