// A constant that takes hours to work out.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    localparam [8000000:0] Q = {8000000{1'b1}} / {4000000{1'b1}}; wire [Q[3:0]:0] q;
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
