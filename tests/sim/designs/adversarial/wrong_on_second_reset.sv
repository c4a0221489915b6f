// Ignores every reset but the first.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    reg done = 0; always @(posedge clk) if (!rst) done <= 1;
    always @(posedge clk) if (rst && !done) y <= 0; else y <= a + b;
endmodule
