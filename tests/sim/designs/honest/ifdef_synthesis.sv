// Conditional compilation: debug code that no synthesizer sees.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
`ifdef SYNTHESIS
    wire [7:0] sum = a + b;
`else
    wire [7:0] sum;
    assign sum = a + b; // for simulation
    initial $display("simulating");
`endif
`ifndef WIDE
    localparam integer W = 8;
`elsif NARROW
    localparam integer W = 4;
`endif
    always @(posedge clk) y <= rst ? {W{1'b0}} : sum;
endmodule
