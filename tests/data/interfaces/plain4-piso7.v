module piso7 (
    input       clk,
    input       arst_n,
    input       load,
    input       shift,
    input [6:0] din,
    output      sout
);
    reg [6:0] r;

    always @(posedge clk or negedge arst_n)
        if (!arst_n)
            r <= 7'd0;
        else if (load)
            r <= din;
        else if (shift)
            r <= {1'b1, r[6:1]};

    assign sout = r[0];
endmodule
