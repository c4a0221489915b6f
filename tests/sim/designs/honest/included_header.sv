// Includes a header of its own, twice, with a guard.
`include "include/width.vh"
`include "include/width.vh"
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    always @(posedge clk) if (rst) y <= `ZERO; else y <= (a + b) & `MASK;
endmodule
