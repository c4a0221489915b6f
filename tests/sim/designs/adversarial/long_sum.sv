// An operator chain of a hundred thousand terms, by macros.
`define t0 +a
`define t1 `t0 `t0 `t0 `t0 `t0 `t0 `t0 `t0 `t0 `t0 
`define t2 `t1 `t1 `t1 `t1 `t1 `t1 `t1 `t1 `t1 `t1 
`define t3 `t2 `t2 `t2 `t2 `t2 `t2 `t2 `t2 `t2 `t2 
`define t4 `t3 `t3 `t3 `t3 `t3 `t3 `t3 `t3 `t3 `t3 
`define t5 `t4 `t4 `t4 `t4 `t4 `t4 `t4 `t4 `t4 `t4 
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    always @(posedge clk) y <= a `t5;
endmodule
