module acc_u17 (
    input             clk,
    input             rst_n,
    input             clear,
    input             add,
    input      [8:0]  din,
    output reg [16:0] acc,
    output reg        carry
);
    always @(posedge clk)
        if (!rst_n) begin
            acc   <= 17'd0;
            carry <= 1'b0;
        end else if (clear) begin
            acc   <= 17'd0;
            carry <= 1'b0;
        end else if (add)
            {carry, acc} <= {1'b0, acc} + {9'd0, din};
        else
            carry <= 1'b0;
endmodule
