module abs_diff (
    input  [9:0] a,
    input  [9:0] b,
    input  [9:0] tolerance,
    output [9:0] diff,
    output       a_larger,
    output       close
);
endmodule
