// A `timescale with delays on internal nets and after the clock edge.
`timescale 1ns / 1ps
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
wire #1 inverted = ~clk;
always @(posedge clk) if (rst) y <= #1 0; else y <= #1 a + b;
endmodule
