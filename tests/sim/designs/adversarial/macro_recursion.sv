// Macros that use each other in a circle.
`define p `q
`define q `p
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);

    always @(posedge clk) y <= `p;
endmodule
