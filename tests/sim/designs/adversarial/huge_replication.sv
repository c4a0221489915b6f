// A replication of a billion copies.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    wire [7:0] r = |{1000000000{a}};
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
