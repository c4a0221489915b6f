// Macros of its own: with arguments, defaults, nesting, and undefined again.
`define WIDTH 8
`define ZERO {`WIDTH{1'b0}}
`define ADD(x, z = 8'd0) ((x) + (z))
`define HALF(x) \
    {1'b0, x[7:1]}
`define TWICE(x) ({x} * 2 + \
    b[0])
`define UNUSED(x) x ``_suffix
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
always @(posedge clk)
    if (rst) y <= `ZERO;
    else y <= `ADD(a, `TWICE(`HALF(b)));
endmodule
`undef ADD
`undef WIDTH
