// Uses before declaration and implicit nets.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
assign implicit_net = a[0];
always @(posedge clk) begin
    if (rst) y <= 0; else y <= sum;
end
wire [7:0] sum = a + b;
endmodule
