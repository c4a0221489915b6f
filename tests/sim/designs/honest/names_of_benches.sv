// Internal names that testbenches like to use: tb, top, golden, done, check.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
wire [7:0] golden = a + b;
reg done, check;
reg [7:0] tb, top, reference;
always @* begin
    tb = golden;
    top = tb;
    reference = top;
end
always @(posedge clk) begin
    done <= ~rst;
    check <= done;
    if (rst) y <= 0; else y <= reference;
end
endmodule
