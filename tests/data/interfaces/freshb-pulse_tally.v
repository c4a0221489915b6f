module pulse_tally (
    input  wire        clk,
    input  wire        rst_n,
    input  wire        gate,
    input  wire        clear,
    input  wire [7:0]  sample,
    output reg  [11:0] total,
    output reg         overflow
);
    wire [12:0] sum = {1'b0, total} + {5'd0, sample};

    always @(posedge clk or negedge rst_n) begin
        if (!rst_n) begin
            total    <= 12'd0;
            overflow <= 1'b0;
        end else if (clear) begin
            total    <= 12'd0;
            overflow <= 1'b0;
        end else if (gate) begin
            total <= sum[11:0];
            if (sum[12])
                overflow <= 1'b1;
        end
    end
endmodule
