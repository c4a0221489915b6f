module window_u8 (
    input  [7:0] value,
    input  [7:0] lo,
    input  [7:0] hi,
    output       in_win,
    output       below,
    output       above
);
    assign below  = (value < lo);
    assign above  = (value > hi);
    assign in_win = (value >= lo) && (value <= hi);
endmodule
