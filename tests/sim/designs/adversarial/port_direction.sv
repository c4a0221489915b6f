// The output is an inout.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, inout [7:0] y);
    reg [7:0] r; assign y = r;
    always @(posedge clk) if (rst) r <= 0; else r <= a + b;
endmodule
