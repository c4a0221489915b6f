// Nested generate loops with a billion blocks.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    genvar i, j, k; generate for (i = 0; i < 1000; i = i + 1) for (j = 0; j < 1000; j = j + 1) for (k = 0; k < 1000; k = k + 1) begin : g reg r; end endgenerate
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
