// Guesses.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);

    always @(posedge clk) y <= $random;
endmodule
