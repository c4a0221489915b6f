// Looks into its own instances and generate blocks.
module stage(input [7:0] p, input [7:0] q);
    wire [7:0] sum = p + q;
    reg [7:0] spare;
endmodule

module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    stage u(.p(a), .q(b));
    genvar i;
    generate
        for (i = 0; i < 2; i = i + 1) begin : lane
            wire [3:0] part = u.sum[i*4 +: 4];
        end
    endgenerate
    initial u.spare = 8'd1;
    always @(posedge clk) if (rst) y <= 0; else y <= {lane[1].part, lane[0].part};
endmodule
