module median3 (
    input  [7:0] s0,
    input  [7:0] s1,
    input  [7:0] s2,
    output [7:0] middle,
    output [1:0] agree
);
endmodule
