// Includes a file through a pasted directive.
`define GET `inc``lude "/etc/passwd"
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    `GET
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
