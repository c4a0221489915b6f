module btn_toggle (
    input      clk,
    input      reset,
    input      btn,
    input      off,
    output reg led
);
    reg btn_q;

    always @(posedge clk)
        if (reset) begin
            btn_q <= 1'b0;
            led   <= 1'b0;
        end else begin
            btn_q <= btn;
            if (off)
                led <= 1'b0;
            else if (btn && !btn_q)
                led <= ~led;
        end
endmodule
