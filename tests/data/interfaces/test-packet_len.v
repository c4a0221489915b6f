module packet_len (
    input            clk,
    input            rst,
    input            valid,
    input            last,
    output reg       done,
    output reg [5:0] length,
    output reg       too_short,
    output reg       too_long
);
endmodule
