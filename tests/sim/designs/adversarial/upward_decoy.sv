// Hides an upward name behind a generate block that is not there.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    generate
        if (0) begin : golden
            wire [7:0] y;
        end
    endgenerate
    always @(posedge clk) y <= golden.y;
endmodule
