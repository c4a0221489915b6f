// Resets directives in the middle of a module.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    `resetall
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
