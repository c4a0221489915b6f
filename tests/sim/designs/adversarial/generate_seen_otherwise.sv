// Names a generate block that simulators do not see, so that they look around the design.
module s #(parameter P=0, Q=0)(input [7:0] a, output [7:0] q);
generate if (P) begin : golden wire [7:0] y = a; end
if (Q) begin : u assign q = golden.y; end else begin : v assign q = 0; end
endgenerate endmodule
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
wire [7:0] q, q2; s #(1,1) i(a, q2); s #(0, 2147483648 > 0) j(a, q);
always @* y = q;
endmodule