// Procedural continuous assignment to its own register.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
reg [7:0] none;
reg hold;
initial begin
    hold = 1'b0;
    assign none = 8'd0;
end
always @(posedge clk) if (rst) y <= 0; else if (!hold) y <= a + b + none;
endmodule
