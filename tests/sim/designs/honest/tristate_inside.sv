// Two drivers on an internal bus, one of them high-impedance.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
wire [7:0] bus;
assign bus = rst ? 8'h00 : 8'hzz;
assign bus = rst ? 8'hzz : a + b;
always @(posedge clk) y <= bus;
endmodule
