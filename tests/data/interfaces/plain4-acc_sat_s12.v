module acc_sat_s12 (
    input                    clk,
    input                    rst,
    input                    start,
    input                    en,
    input      signed [7:0]  x,
    output reg signed [11:0] sum
);
    wire [12:0] next = {sum[11], sum} + {{5{x[7]}}, x};

    always @(posedge clk or posedge rst)
        if (rst)
            sum <= 12'd0;
        else if (en) begin
            if (start)
                sum <= {{4{x[7]}}, x};
            else if (next[12] != next[11])
                sum <= next[12] ? 12'h800 : 12'h7FF;
            else
                sum <= next[11:0];
        end
endmodule
