module sipo10 (
    input            clk,
    input            rst,
    input            shift,
    input            sin,
    output reg [9:0] pout
);
    always @(posedge clk)
        if (rst)
            pout <= 10'd0;
        else if (shift)
            pout <= {pout[8:0], sin};
endmodule
