module clip (
    input  logic signed [9:0] x,
    output logic signed [7:0] y,
    output logic clipped
);
    assign clipped = !(&x[9:7] || ~|x[9:7]);
    assign y = !clipped ? x[7:0] : x[9] ? 8'h80 : 8'h7f;
endmodule
