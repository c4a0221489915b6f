module pulse_stretcher (
    input  clk,
    input  reset,
    input  event_in,
    output led
);
    reg [4:0] left;

    always @(posedge clk)
        if (reset) left <= 5'd0;
        else if (event_in) left <= 5'd16;
        else if (left != 5'd0) left <= left - 5'd1;

    assign led = left != 5'd0;
endmodule
