// A macro call that does not end.
`define ADD(x, y) x + y
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    wire x = `ADD(a, 
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
