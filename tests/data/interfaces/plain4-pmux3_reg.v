module pmux3_reg (
    input             clk,
    input             rst,
    input             s0,
    input             s1,
    input             s2,
    input      [11:0] d0,
    input      [11:0] d1,
    input      [11:0] d2,
    output reg [11:0] q,
    output reg        hit
);
    always @(posedge clk)
        if (rst) begin
            q   <= 12'd0;
            hit <= 1'b0;
        end else begin
            hit <= s0 | s1 | s2;
            if (s0)
                q <= d0;
            else if (s1)
                q <= d1;
            else if (s2)
                q <= d2;
        end
endmodule
