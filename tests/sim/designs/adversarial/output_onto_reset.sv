// Holds its own reset with the output port of a submodule, by a wildcard connection.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    hold h(.*);
    always @(posedge clk) y <= 0;
endmodule

module hold(output rst);
    assign (supply1, supply0) rst = 1'b1;
endmodule
