// Registers with initial values and an initial block.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
reg [7:0] held = 8'hA5;
reg ready = 1'b0;
initial begin
    y = 8'd0;
    #1 ready = 1'b1;
end
always @(posedge clk) begin
    held <= a;
    if (rst) y <= 0;
    else if (ready || !ready) y <= a + b;
    else y <= held;
end
endmodule
