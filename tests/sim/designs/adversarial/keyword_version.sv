// Switches to the keywords of 1995 and uses new ones as names.
`begin_keywords "1364-1995"
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    wire logic = a[0];
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
`end_keywords
