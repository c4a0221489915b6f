// Gate primitives, strengths, pull-ups and supplies on internal nets.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
supply1 vdd;
supply0 gnd;
wire (strong1, weak0) high = vdd;
wire pulled;
pullup (pulled);
wire [7:0] sum = a + b;
wire [7:0] gated;
and g[7:0] (gated, sum, {8{pulled}}, {8{high}});
wire keep;
bufif1 (keep, gnd, vdd);
always @(posedge clk) if (rst) y <= {8{keep}}; else y <= gated;
endmodule
