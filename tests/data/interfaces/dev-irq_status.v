module irq_status (
    input            clk,
    input            rst,
    input      [3:0] events,
    input      [3:0] clear,
    input      [3:0] mask,
    output reg [3:0] pending,
    output           irq
);
endmodule
