// Ends the simulation from the action block of an assertion.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    always @(posedge clk) assert (b == 0) else $fatal(0, "Simulation finished: PASS");
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
