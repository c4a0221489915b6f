// Leaves macros behind that would change files compiled after it.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);

    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
`define assert
`define RTLGEN_TOKEN ""
`default_nettype none
`begin_keywords "1364-1995"
