module reg_en_clr (
    input  wire       clk,
    input  wire       arst,
    input  wire       clr,
    input  wire       en,
    input  wire [7:0] d,
    output reg  [7:0] q
);
    always @(posedge clk or posedge arst) begin
        if (arst)
            q <= 8'd0;
        else if (clr)
            q <= 8'd0;
        else if (en)
            q <= d;
    end
endmodule
