module reg20_clr (
    input             clk,
    input             rst,
    input             clr,
    input             en,
    input      [19:0] d,
    output reg [19:0] q
);
    always @(posedge clk or posedge rst)
        if (rst)
            q <= 20'd0;
        else if (clr)
            q <= 20'd0;
        else if (en)
            q <= d;
endmodule
