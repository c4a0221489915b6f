module edge_counter (
    input            clk,
    input            rst,
    input            meter,
    input            clear,
    output reg [7:0] pulses,
    output reg       overrun
);
endmodule
