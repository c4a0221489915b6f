// A protected envelope with something in it.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    `pragma protect begin_protected
    `pragma protect data_block
    JGZpbmlzaDs=
    `pragma protect end_protected
    always @(posedge clk) if (rst) y <= 0; else y <= a - b;
endmodule
