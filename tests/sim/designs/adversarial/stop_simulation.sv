// Stops the simulation and waits for a command.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    initial #40 $stop;
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
