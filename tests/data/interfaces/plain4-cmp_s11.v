module cmp_s11 (
    input  [10:0] x,
    input  [10:0] y,
    output        lt,
    output        eq,
    output        gt
);
    assign lt = $signed(x) < $signed(y);
    assign eq = (x == y);
    assign gt = $signed(x) > $signed(y);
endmodule
