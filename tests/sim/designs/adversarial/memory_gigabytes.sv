// Memories of many gigabytes.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    reg [1023:0] m [0:33554431]; integer i; initial for (i = 0; i < 33554432; i = i + 1) m[i] = {32{i}};
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
