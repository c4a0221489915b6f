module crossing_light (
    input  clk,
    input  rst_n,
    input  second,
    input  request,
    output car_green,
    output car_yellow,
    output car_red,
    output walk
);
endmodule
