// Escaped identifiers, as netlists have them.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
wire [7:0] \sum[7:0] ;
wire \a+b , \u1/q ;
reg \module = 1'b0;
assign \sum[7:0] = a + b;
assign \a+b =\sum[7:0] [0];
assign \u1/q = \a+b ;
always @(posedge clk)
    if (rst) y <= 0;
    else y <= {\sum[7:0] [7:1], \u1/q };
endmodule
