module literals (
    input clk, reset, a, b,
    output z
);
    reg [1:0] s;
    always @(negedge clk)
        if (reset) s <= 2'd0;
        else case (s)
            2'd0: if (a) s <= 2'd1; else if (b) s <= 2'd2;
            2'd1: s <= b ? 2'd3 : 2'd1;
            2'd2: s <= b ? 2'd3 : 2'd2;
            2'd3: s <= 2'd0;
        endcase
    assign z = s == 2'd3;
endmodule
