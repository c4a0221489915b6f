module sat_add (
    input  wire [7:0] a,
    input  wire [7:0] b,
    output wire [7:0] sum,
    output wire       sat
);
    wire [8:0] full;
    assign full = {1'b0, a} + {1'b0, b};
    assign sat  = full[8];
    assign sum  = full[8] ? 8'd255 : full[7:0];
endmodule
