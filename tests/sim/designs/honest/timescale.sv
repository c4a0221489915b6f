// A time scale of its own, time literals, and a delayed internal signal.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
timeunit 1ns;
timeprecision 100ps;
wire [7:0] late;
assign #0.1 late = a;
always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
