module t_ff (
    input  wire clk,
    input  wire rst_n,
    input  wire t,
    output reg  q,
    output wire q_n
);
    assign q_n = ~q;

    always @(posedge clk or negedge rst_n) begin
        if (!rst_n)
            q <= 1'b0;
        else if (t)
            q <= ~q;
    end
endmodule
