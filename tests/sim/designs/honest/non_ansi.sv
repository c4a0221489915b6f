// A header of the 1995 standard.
module dut(clk, rst, a, b, y);
input clk, rst;
input [7:0] a, b;
output [7:0] y;
reg [7:0] y;
always @(posedge clk)
    if (rst) y <= 8'd0;
    else y <= a + b;
endmodule
