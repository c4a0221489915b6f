module setpoint_counter (
    input  wire       clk,
    input  wire       rst_n,
    input  wire       up,
    input  wire       down,
    output reg  [6:0] setpoint,
    output wire       at_max,
    output wire       at_min
);
    assign at_max = (setpoint == 7'd95);
    assign at_min = (setpoint == 7'd10);

    always @(posedge clk or negedge rst_n) begin
        if (!rst_n)
            setpoint <= 7'd40;
        else if (up && !down) begin
            if (!at_max)
                setpoint <= setpoint + 7'd1;
        end else if (down && !up) begin
            if (!at_min)
                setpoint <= setpoint - 7'd1;
        end
    end
endmodule
