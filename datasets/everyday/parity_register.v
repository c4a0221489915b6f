module parity_register (
    input            clk,
    input            reset,
    input            write,
    input      [7:0] data,
    input            parity,
    output reg [7:0] value,
    output reg       error
);
    wire wrong = ^{data, parity};

    always @(posedge clk)
        if (reset) begin
            value <= 8'd0;
            error <= 1'b0;
        end else if (write) begin
            error <= wrong;
            if (!wrong) value <= data;
        end
endmodule
