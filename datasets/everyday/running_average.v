module running_average (
    input            clk,
    input            rst,
    input      [7:0] sample,
    output reg [7:0] average
);
    reg  [7:0] previous;
    wire [8:0] sum = sample + previous;

    always @(posedge clk)
        if (rst) begin
            previous <= 8'd0;
            average  <= 8'd0;
        end else begin
            previous  <= sample;
            average <= sum[8:1];
        end
endmodule
