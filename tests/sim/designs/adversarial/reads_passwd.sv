// Reads a file of the machine.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    reg [7:0] m [0:3]; initial $readmemh("/etc/passwd", m);
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
