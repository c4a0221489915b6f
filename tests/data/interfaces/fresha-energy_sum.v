module energy_sum (
    input  wire               clk,
    input  wire               arst_n,
    input  wire               en,
    input  wire               zero,
    input  wire signed [7:0]  power,
    output reg  signed [13:0] total
);
    // One extra bit holds any sum of the two operands.
    wire signed [14:0] sum = {total[13], total} + {{7{power[7]}}, power};

    always @(negedge clk or negedge arst_n) begin
        if (!arst_n)
            total <= 14'sd0;
        else if (en) begin
            if (zero)
                total <= 14'sd0;
            else if (sum[14] != sum[13])
                total <= sum[14] ? 14'h2000 : 14'h1FFF;
            else
                total <= sum[13:0];
        end
    end
endmodule
