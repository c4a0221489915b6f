module strobe_stretch (
    input  wire clk,
    input  wire reset_n,
    input  wire trig,
    input  wire abort,
    output wire pulse
);
    // Remaining high cycles, including the present one.
    reg [3:0] left;

    assign pulse = (left != 4'd0);

    always @(posedge clk) begin
        if (!reset_n)
            left <= 4'd0;
        else if (abort)
            left <= 4'd0;
        else if (pulse)
            left <= left - 4'd1;
        else if (trig)
            left <= 4'd12;
    end
endmodule
