module kick_guard (
    input  wire clk,
    input  wire nrst,
    input  wire run,
    input  wire kick,
    output reg  bark
);
    reg [6:0] cnt;

    always @(posedge clk) begin
        if (!nrst) begin
            cnt  <= 7'd0;
            bark <= 1'b0;
        end else if (kick) begin
            cnt  <= 7'd0;
            bark <= 1'b0;
        end else if (run) begin
            if (cnt == 7'd99)
                bark <= 1'b1;
            else
                cnt <= cnt + 7'd1;
        end
    end
endmodule
