// Reads a file above its folder, by a name that is a parameter.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    localparam P = "../../bench.py"; reg [7:0] m [0:3]; initial $readmemb(P, m);
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
