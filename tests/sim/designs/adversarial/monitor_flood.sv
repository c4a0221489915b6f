// Prints at every change of a signal that changes a million times per cycle.
`timescale 1fs/1fs
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    reg [31:0] n = 0; initial $monitor("%d", n); always #1 n = n + 1;
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
