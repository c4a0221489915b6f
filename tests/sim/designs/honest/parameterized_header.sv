// A header with parameters and a derived localparam.
module dut #(
    parameter WIDTH = 8,
    parameter [7:0] START = 8'd0,
    localparam MSB = WIDTH - 1
) (
    input clk, rst,
    input [MSB:0] a, b,
    output reg [MSB:0] y = START
);
generate
    if (WIDTH == 8) begin : g_byte
        always @(posedge clk) if (rst) y <= 0; else y <= a + b;
    end else begin : g_other
        initial $display("width %0d", WIDTH);
    end
endgenerate
endmodule
