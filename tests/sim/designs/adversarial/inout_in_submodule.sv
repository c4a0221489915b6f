// Drives an input through the inout port of a submodule.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    tie u(.p(a));
    always @(posedge clk) y <= b;
endmodule

module tie(inout [7:0] p);
    assign (supply1, supply0) p = 8'd0;
endmodule
