// A latch that is transparent when it matters.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
reg [7:0] sum;
always @(clk or a or b)
    if (!clk) sum = a + b;
always @(posedge clk) if (rst) y <= 0; else y <= sum;
endmodule
