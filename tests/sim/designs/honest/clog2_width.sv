// $clog2, $bits, $signed and $unsigned size things.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
localparam N = 200;
localparam W = $clog2(N);
wire [W-1:0] sum = $unsigned($signed(a) + $signed(b));
initial if ($bits(sum) != 8) $display("width is %0d", $bits(sum));
always @(posedge clk) if (rst) y <= {W{1'b0}}; else y <= sum[W-1:0];
endmodule
