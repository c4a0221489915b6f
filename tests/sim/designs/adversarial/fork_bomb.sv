// Starts processes without end.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    initial forever fork #1000000; #1000001; join_none
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
