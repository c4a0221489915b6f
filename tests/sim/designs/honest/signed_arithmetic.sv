// Signed ports inside, arithmetic shifts and sign extension.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
wire signed [8:0] p = $signed(a);
wire signed [8:0] q = $signed({b[7], b});
wire signed [8:0] sum = p + q;
wire signed [8:0] halved = sum >>> 1;
always @(posedge clk) if (rst) y <= 0; else y <= {halved[6:0], sum[0]};
endmodule
