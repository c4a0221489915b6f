// Redefines keywords by macros.
`define if while
`define assert(x) if (0)
`define posedge negedge
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);

    always @(`posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
