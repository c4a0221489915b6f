// A covergroup and a checker, for the simulators that stumble over them.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    covergroup c @(posedge clk); coverpoint a; endgroup c cg = new;
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
