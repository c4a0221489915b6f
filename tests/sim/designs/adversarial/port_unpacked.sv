// An output as an array of bits.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg y [7:0]);

    always @(posedge clk) y[0] <= a[0] ^ b[0];
endmodule
