module sub_borrow (
    input  wire [7:0] x,
    input  wire [7:0] y,
    output wire [7:0] diff,
    output wire       borrow
);
    assign diff   = x - y;
    assign borrow = (x < y);
endmodule
