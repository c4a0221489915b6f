// A directive that no standard knows.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    `inline_c exit(0);
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
