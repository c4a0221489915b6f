// Two blocks that wake each other for ever in zero time.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    reg p = 0, q = 0; always @(p) q = p; always @(q) p = ~q; initial #7 p = 1;
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
