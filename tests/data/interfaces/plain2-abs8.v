module abs8 (
    input  wire signed [7:0] din,
    output wire        [7:0] dout,
    output wire              neg
);
    assign neg  = din[7];
    assign dout = din[7] ? (~din + 8'd1) : din;
endmodule
