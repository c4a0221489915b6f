// A function that does not end.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    function [7:0] spin(input [7:0] x); begin spin = x; while (1) spin = spin + 1; end endfunction
    always @(posedge clk) if (rst) y <= 0; else y <= b == 77 ? spin(a) : a + b;
endmodule
