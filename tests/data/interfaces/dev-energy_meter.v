module energy_meter (
    input             clk,
    input             rst,
    input      [7:0]  sample,
    input             valid,
    input             restart,
    output reg [11:0] total,
    output reg        wrapped
);
endmodule
