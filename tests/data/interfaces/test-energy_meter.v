module energy_meter (
    input             clk,
    input             reset,
    input             add,
    input      [7:0]  power,
    input             restart,
    output reg [11:0] energy,
    output reg        overflow
);
endmodule
