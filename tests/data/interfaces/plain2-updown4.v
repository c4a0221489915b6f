module updown4 (
    input  wire       clk,
    input  wire       reset,
    input  wire       en,
    input  wire       up,
    output reg  [3:0] q
);
    always @(posedge clk or posedge reset) begin
        if (reset)
            q <= 4'd0;
        else if (en) begin
            if (up)
                q <= q + 4'd1;
            else
                q <= q - 4'd1;
        end
    end
endmodule
