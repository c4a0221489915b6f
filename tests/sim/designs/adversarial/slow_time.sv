// A million events in every clock period.
`timescale 1ps/1ps
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    reg [63:0] n = 0; always #1 n = n * 3 + 1;
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
