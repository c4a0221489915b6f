// casez with wildcards and casex for a priority pick.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
reg [7:0] sum;
always @* begin
    casez ({a[7], b[7]})
        2'b0?: sum = a + b;
        2'b?0: sum = b + a;
        default: sum = {1'b0, a[6:0]} + {1'b0, b[6:0]};
    endcase
end
always @(posedge clk) casex (rst)
    1'b1: y <= 8'b0;
    default: y <= sum;
endcase
endmodule
