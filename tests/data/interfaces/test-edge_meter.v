module edge_meter (
    input            clk,
    input            rst_n,
    input            pulse,
    output reg [6:0] result,
    output reg       fresh,
    output reg       silent
);
endmodule
