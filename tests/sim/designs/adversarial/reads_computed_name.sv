// Reads a file whose name it computes while it runs.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    reg [87:0] n; reg [7:0] m [0:3]; initial begin n = "/etc/passwd"; $readmemh(n, m); end
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
