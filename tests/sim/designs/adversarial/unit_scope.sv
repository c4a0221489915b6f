// Refers to $unit.
int kept;
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    initial $unit::kept = 1;
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
