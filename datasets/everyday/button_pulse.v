module button_pulse (
    input      clk,
    input      rst,
    input      button,
    output reg pulse
);
    reg [2:0] ones;

    always @(posedge clk)
        if (rst) begin
            ones  <= 3'd0;
            pulse <= 1'b0;
        end else begin
            pulse <= button && ones == 3'd3;
            if (!button) ones <= 3'd0;
            else if (ones != 3'd4) ones <= ones + 3'd1;
        end
endmodule
