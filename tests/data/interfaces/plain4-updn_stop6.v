module updn_stop6 (
    input            clk,
    input            reset,
    input            load,
    input            up,
    input            down,
    input      [5:0] d,
    output reg [5:0] q
);
    always @(posedge clk)
        if (reset)
            q <= 6'd32;
        else if (load)
            q <= d;
        else if (up && !down) begin
            if (q != 6'd63)
                q <= q + 6'd1;
        end else if (down && !up) begin
            if (q != 6'd0)
                q <= q - 6'd1;
        end
endmodule
