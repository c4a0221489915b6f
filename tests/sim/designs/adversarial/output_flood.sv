// Prints without end.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    initial forever #0 $display("%s", {1000{"flood "}});
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
