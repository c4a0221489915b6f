// Joins an input to a net that it drives.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    wire [7:0] mine = 0; alias a = mine;
    always @(posedge clk) y <= b;
endmodule
