module hold_stage (
    input            clk,
    input            rst_n,
    input      [7:0] in_data,
    input            in_valid,
    output           in_ready,
    output reg [7:0] out_data,
    output reg       out_valid,
    input            out_ready
);
endmodule
