// Chooses the file it reads by a constant that simulators compute differently.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    localparam F = (2147483648 > 0) ? "/etc/passwd" : "";
    reg [7:0] m [0:3];
    initial $readmemh(F, m);
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
