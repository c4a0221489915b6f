module gap_meter (
    input  wire [9:0] left,
    input  wire [9:0] right,
    output wire [9:0] gap,
    output wire       right_big
);
    assign right_big = (right > left);
    assign gap = right_big ? (right - left) : (left - right);
endmodule
