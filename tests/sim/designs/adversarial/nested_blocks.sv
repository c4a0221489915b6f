// A hundred thousand nested blocks, by macros.
`define b0 begin
`define b1 `b0 `b0 `b0 `b0 `b0 `b0 `b0 `b0 `b0 `b0 
`define b2 `b1 `b1 `b1 `b1 `b1 `b1 `b1 `b1 `b1 `b1 
`define b3 `b2 `b2 `b2 `b2 `b2 `b2 `b2 `b2 `b2 `b2 
`define b4 `b3 `b3 `b3 `b3 `b3 `b3 `b3 `b3 `b3 `b3 
`define b5 `b4 `b4 `b4 `b4 `b4 `b4 `b4 `b4 `b4 `b4 
`define e0 end
`define e1 `e0 `e0 `e0 `e0 `e0 `e0 `e0 `e0 `e0 `e0 
`define e2 `e1 `e1 `e1 `e1 `e1 `e1 `e1 `e1 `e1 `e1 
`define e3 `e2 `e2 `e2 `e2 `e2 `e2 `e2 `e2 `e2 `e2 
`define e4 `e3 `e3 `e3 `e3 `e3 `e3 `e3 `e3 `e3 `e3 
`define e5 `e4 `e4 `e4 `e4 `e4 `e4 `e4 `e4 `e4 `e4 
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    initial `b5 y = 0; `e5
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
