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
    always @(negedge clk)
        if (reset) s <= S0;
        else case (s)
            S0: if (a) s <= S1; else if (b) s <= S1;
            S1: s <= b ? S3 : S1;
            S3: s <= S0;
        endcase
    assign z = s == S3;
endmodule
