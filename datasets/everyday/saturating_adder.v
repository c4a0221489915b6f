module saturating_adder (
    input  signed [7:0] a,
    input  signed [7:0] b,
    output signed [7:0] sum,
    output              clipped
);
    wire signed [8:0] full = a + b;

    assign clipped = full[8] != full[7];
    assign sum = !clipped ? full[7:0] : full[8] ? 8'sh80 : 8'sh7f;
endmodule
