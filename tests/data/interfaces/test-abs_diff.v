module abs_diff (
    input  [7:0] a,
    input  [7:0] b,
    input  [7:0] threshold,
    output [7:0] distance,
    output       b_larger,
    output       close
);
endmodule
