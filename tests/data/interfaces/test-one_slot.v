module one_slot (
    input             clk,
    input             rst,
    input             in_valid,
    input      [15:0] in_data,
    input             out_ready,
    output            in_ready,
    output reg        out_valid,
    output reg [15:0] out_data
);
endmodule
