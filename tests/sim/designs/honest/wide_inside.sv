// Wide vectors, replications and indexed part selects.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
wire [511:0] wide = {64{a}} + {{504{1'b0}}, b};
wire [0:1023] backward = {2{wide}};
always @(posedge clk) if (rst) y <= 0; else y <= wide[0 +: 8] | backward[1016 +: 8];
endmodule
