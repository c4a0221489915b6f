module clamp (
    input  [7:0] value,
    input  [7:0] minimum,
    input  [7:0] maximum,
    output [7:0] result
);
    assign result = value < minimum ? minimum : value > maximum ? maximum : value;
endmodule
