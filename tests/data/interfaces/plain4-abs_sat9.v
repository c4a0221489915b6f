module abs_sat9 (
    input  [8:0] x,
    output [8:0] mag,
    output       neg
);
    assign neg = x[8];
    assign mag = !x[8]               ? x :
                 (x == 9'b100000000) ? 9'd255 :
                                       (9'd0 - x);
endmodule
