// Ascending ranges and ranges that do not end at 0.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
wire [0:7] p = a;
wire [10:3] q = b;
wire [7:0] r = {p[0], p[1:7]} + q[10:3];
always @(posedge clk) if (rst) y <= 0; else y <= r;
endmodule
