module fan_speed (
    input            clk,
    input            rst,
    input            button,
    output reg [1:0] speed,
    output           running
);
    reg last;

    assign running = speed != 2'd0;

    always @(posedge clk)
        if (rst) begin
            speed <= 2'd0;
            last  <= 1'b0;
        end else begin
            last <= button;
            if (button && !last) speed <= speed + 2'd1;
        end
endmodule
