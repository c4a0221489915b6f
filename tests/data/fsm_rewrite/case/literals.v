module literals (
    input clk, reset, a, b,
    output z
);
    // S1 stands for S2 too: nothing outside can tell them apart.
    localparam [1:0]
        S0 = 2'b00,
        S1 = 2'b01,
        S3 = 2'b10;
    reg [1:0] s;
    reg [1:0] next_s;
    always @(*) begin
        case (s)
            S0: next_s = (a | b) ? S1 : S0;
            S1: next_s = b ? S3 : S1;
            S3: next_s = S0;
            default: next_s = 2'bxx;
        endcase
    end

    always @(negedge clk) begin
        if (reset) s <= S0;
        else s <= next_s;
    end
    assign z = s == S3;
endmodule
