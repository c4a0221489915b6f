// An output that is too narrow.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [6:0] y);

    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
