// A function with a local variable and a loop.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
function [7:0] add;
    input [7:0] p, q;
    integer k;
    reg carry;
    begin
        carry = 0;
        for (k = 0; k < 8; k = k + 1) begin
            add[k] = p[k] ^ q[k] ^ carry;
            carry = (p[k] & q[k]) | (carry & (p[k] ^ q[k]));
        end
    end
endfunction
always @(posedge clk) if (rst) y <= 0; else y <= add(a, b);
endmodule
