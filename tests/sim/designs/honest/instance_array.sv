// An array of instances with sliced connections, and positional ports.
module bit_adder(input p, q, ci, output s, co);
    assign {co, s} = p + q + ci;
endmodule

module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    wire [7:0] s;
    wire [8:0] c;
    assign c[0] = 1'b0;
    bit_adder slice[7:0] (a, b, c[7:0], s, c[8:1]);
    always @(posedge clk) if (rst) y <= 0; else y <= s;
endmodule
