module max_tracker (
    input             clk,
    input             rst_n,
    input             valid,
    input      [11:0] sample,
    input             clear,
    output reg [11:0] max
);
    always @(posedge clk or negedge rst_n)
        if (!rst_n) max <= 12'd0;
        else if (clear) max <= valid ? sample : 12'd0;
        else if (valid && sample > max) max <= sample;
endmodule
