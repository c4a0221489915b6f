// defparam on its own instance, and a parameter given by name.
module offset #(parameter K = 3, parameter W = 4)(input [W-1:0] i, output [W-1:0] o);
    assign o = i + K;
endmodule

module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    wire [7:0] mid, out;
    offset first(.i(a), .o(mid));
    defparam first.K = 5, first.W = 8;
    offset #(.W(8), .K(-5)) second(.i(mid), .o(out));
    always @(posedge clk) if (rst) y <= 0; else y <= out + b;
endmodule
