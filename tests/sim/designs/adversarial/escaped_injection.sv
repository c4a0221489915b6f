// An escaped identifier with quotes and a comment in it.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    wire \x"*/;/*y = 1'b0;
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
