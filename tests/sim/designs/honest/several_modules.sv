// The top first, its parts after it, and a module that nothing uses.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output [7:0] y);
    wire [7:0] sum;
    adder #(.W(8)) add_i(.a(a), .b(b), .sum(sum));
    register reg_i(.clk(clk), .rst(rst), .d(sum), .q(y));
endmodule

module adder #(parameter W = 4)(input [W-1:0] a, b, output [W-1:0] sum);
    assign sum = a + b;
endmodule

module register(input clk, rst, input [7:0] d, output reg [7:0] q);
    always @(posedge clk) q <= rst ? 8'd0 : d;
endmodule

module never_used(input x, output z);
    assign z = ~x;
endmodule
