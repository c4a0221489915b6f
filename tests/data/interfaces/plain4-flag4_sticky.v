module flag4_sticky (
    input            clk,
    input            rst_n,
    input      [3:0] event_in,
    input      [3:0] clear,
    input      [3:0] mask,
    output reg [3:0] flags,
    output           irq
);
    always @(posedge clk or negedge rst_n)
        if (!rst_n)
            flags <= 4'd0;
        else
            flags <= event_in | (flags & ~clear);

    assign irq = |(flags & mask);
endmodule
