module word_collector (
    input            clk,
    input            rst,
    input            bit_in,
    input            bit_valid,
    input            sync,
    output reg [7:0] word,
    output reg       word_valid
);
endmodule
