module crossing_light (
    input  clk,
    input  rst,
    input  button,
    input  second,
    output green,
    output yellow,
    output red,
    output walk
);
endmodule
