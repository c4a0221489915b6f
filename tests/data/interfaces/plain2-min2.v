module min2 (
    input  wire [11:0] a,
    input  wire [11:0] b,
    output wire [11:0] m
);
    assign m = (a < b) ? a : b;
endmodule
