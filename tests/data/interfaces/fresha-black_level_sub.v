module black_level_sub (
    input  wire [9:0] pixel,
    input  wire [7:0] offset,
    input  wire       bypass,
    output wire [9:0] corrected,
    output wire       clipped
);
    wire [9:0] offset_ext = {2'b00, offset};
    wire       below      = (pixel < offset_ext);

    assign clipped   = below && !bypass;
    assign corrected = bypass ? pixel :
                       below  ? 10'd0 :
                                pixel - offset_ext;
endmodule
