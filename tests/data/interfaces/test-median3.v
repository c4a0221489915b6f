module median3 (
    input  signed [7:0] t0,
    input  signed [7:0] t1,
    input  signed [7:0] t2,
    output signed [7:0] median,
    output              disagree
);
endmodule
