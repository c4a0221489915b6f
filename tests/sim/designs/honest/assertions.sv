// Immediate assertions with $error, and an unnamed check.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
reg [8:0] sum;
always @* sum = a + b;
always @(posedge clk) begin
    if (rst) y <= 0; else y <= sum[7:0];
    assert (sum >= a) else $error("sum is too small");
    if (sum < b) $warning("never");
end
endmodule
