// Toggles between checks and settles right only half of the time.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);

    always @(posedge clk) if (rst) y <= 0; else begin y <= a + b; y <= #1 a ^ b; end
endmodule
