// An inverter that feeds itself once it is enabled.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    wire n; reg en = 0; assign n = en ? ~n : 1'b0; initial #9 en = 1;
    always @(posedge clk) if (rst) y <= 0; else y <= a + b + n;
endmodule
