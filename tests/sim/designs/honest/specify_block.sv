// A specify block with path delays of 0 and a specparam.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
specify
    specparam tpd = 0;
    (clk *> y) = tpd;
endspecify
always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
