module error_tally (
    input  wire       clk,
    input  wire       rst,
    input  wire       err,
    input  wire       clear,
    output reg  [7:0] count,
    output reg        overflow
);
    always @(posedge clk) begin
        if (rst) begin
            count    <= 8'd0;
            overflow <= 1'b0;
        end else if (clear) begin
            count    <= err ? 8'd1 : 8'd0;
            overflow <= 1'b0;
        end else if (err) begin
            count <= count + 8'd1;
            if (count == 8'hFF)
                overflow <= 1'b1;
        end
    end
endmodule
