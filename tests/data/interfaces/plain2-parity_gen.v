module parity_gen (
    input  wire [7:0] data,
    input  wire       odd,
    output wire       parity
);
    assign parity = (^data) ^ odd;
endmodule
