// The design is a program.
program dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    initial y = a + b;
endprogram
