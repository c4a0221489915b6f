// A task with output arguments.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
task add(input [7:0] p, input [7:0] q, output [7:0] r);
    r = p + q;
endtask
reg [7:0] sum;
always @* add(a, b, sum);
always @(posedge clk) begin
    if (rst) y <= 0;
    else y <= sum;
end
endmodule
