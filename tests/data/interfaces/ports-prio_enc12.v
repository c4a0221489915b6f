module prio_enc12(input clk, input nreset, input [11:0] irq, input [11:0] mask, input eoi, output [3:0] vec, output pend, output [11:0] active);
endmodule
