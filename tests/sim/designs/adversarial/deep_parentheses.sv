// An expression that nests a hundred thousand deep, by macros.
`define o0 (
`define o1 `o0 `o0 `o0 `o0 `o0 `o0 `o0 `o0 `o0 `o0 
`define o2 `o1 `o1 `o1 `o1 `o1 `o1 `o1 `o1 `o1 `o1 
`define o3 `o2 `o2 `o2 `o2 `o2 `o2 `o2 `o2 `o2 `o2 
`define o4 `o3 `o3 `o3 `o3 `o3 `o3 `o3 `o3 `o3 `o3 
`define o5 `o4 `o4 `o4 `o4 `o4 `o4 `o4 `o4 `o4 `o4 
`define c0 )
`define c1 `c0 `c0 `c0 `c0 `c0 `c0 `c0 `c0 `c0 `c0 
`define c2 `c1 `c1 `c1 `c1 `c1 `c1 `c1 `c1 `c1 `c1 
`define c3 `c2 `c2 `c2 `c2 `c2 `c2 `c2 `c2 `c2 `c2 
`define c4 `c3 `c3 `c3 `c3 `c3 `c3 `c3 `c3 `c3 `c3 
`define c5 `c4 `c4 `c4 `c4 `c4 `c4 `c4 `c4 `c4 `c4 
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    always @(posedge clk) y <= `o5 a `c5;
endmodule
