module pressure_alarm (
    input       clk,
    input       rst,
    input       sample_valid,
    input       ack,
    input [9:0] pressure,
    output reg  alarm,
    output reg  too_high
);
endmodule
