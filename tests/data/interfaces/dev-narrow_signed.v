module narrow_signed (
    input  signed [11:0] wide,
    input         [1:0]  shift,
    input                bypass,
    output signed [7:0]  narrow,
    output               too_high,
    output               too_low
);
endmodule
