module bin_to_bcd (
    input  [6:0] bin,
    output [3:0] tens,
    output [3:0] ones
);
    assign tens = bin > 7'd99 ? 4'he : bin / 7'd10;
    assign ones = bin > 7'd99 ? 4'he : bin % 7'd10;
endmodule
