module satsub_u10 (
    input  [9:0] a,
    input  [9:0] b,
    output [9:0] y,
    output       sat
);
    assign sat = (b > a);
    assign y   = sat ? 10'd0 : (a - b);
endmodule
