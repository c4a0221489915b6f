module best_of_three (
    input  wire [7:0] score_a,
    input  wire [7:0] score_b,
    input  wire [7:0] score_c,
    output reg  [7:0] best,
    output reg  [1:0] winner
);
    always @* begin
        best   = score_a;
        winner = 2'd0;
        if (score_b > best) begin
            best   = score_b;
            winner = 2'd1;
        end
        if (score_c > best) begin
            best   = score_c;
            winner = 2'd2;
        end
    end
endmodule
