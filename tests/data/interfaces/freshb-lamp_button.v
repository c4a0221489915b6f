module lamp_button (
    input  wire clk,
    input  wire reset,
    input  wire button,
    input  wire all_off,
    output reg  lamp
);
    reg button_prev;

    always @(posedge clk) begin
        if (reset) begin
            lamp        <= 1'b0;
            button_prev <= 1'b0;
        end else begin
            button_prev <= button;
            if (all_off)
                lamp <= 1'b0;
            else if (button && !button_prev)
                lamp <= ~lamp;
        end
    end
endmodule
