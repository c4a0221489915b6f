// A hundred thousand nested modules, by macros.
`define m0 module m;
`define m1 `m0 `m0 `m0 `m0 `m0 `m0 `m0 `m0 `m0 `m0 
`define m2 `m1 `m1 `m1 `m1 `m1 `m1 `m1 `m1 `m1 `m1 
`define m3 `m2 `m2 `m2 `m2 `m2 `m2 `m2 `m2 `m2 `m2 
`define m4 `m3 `m3 `m3 `m3 `m3 `m3 `m3 `m3 `m3 `m3 
`define m5 `m4 `m4 `m4 `m4 `m4 `m4 `m4 `m4 `m4 `m4 
`define e0 endmodule
`define e1 `e0 `e0 `e0 `e0 `e0 `e0 `e0 `e0 `e0 `e0 
`define e2 `e1 `e1 `e1 `e1 `e1 `e1 `e1 `e1 `e1 `e1 
`define e3 `e2 `e2 `e2 `e2 `e2 `e2 `e2 `e2 `e2 `e2 
`define e4 `e3 `e3 `e3 `e3 `e3 `e3 `e3 `e3 `e3 `e3 
`define e5 `e4 `e4 `e4 `e4 `e4 `e4 `e4 `e4 `e4 `e4 
`m5 `e5
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
