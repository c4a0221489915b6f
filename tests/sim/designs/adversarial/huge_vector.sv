// A vector of a billion bits.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    reg [999999999:0] v; initial v = ~v;
    always @(posedge clk) if (rst) y <= 0; else y <= a + b;
endmodule
