// A parameter, a type and a function outside every module.
localparam int OFFSET = 4;
function automatic logic [7:0] shifted(input logic [7:0] x);
    shifted = x + OFFSET;
endfunction

module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    always @(posedge clk) if (rst) y <= 0; else y <= shifted(a) + (b - OFFSET);
endmodule
