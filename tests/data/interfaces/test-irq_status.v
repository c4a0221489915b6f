module irq_status (
    input            clk,
    input            rst_n,
    input      [3:0] event_in,
    input      [3:0] clear,
    input            mask_write,
    input      [3:0] mask_data,
    output reg [3:0] pending,
    output reg [3:0] mask,
    output           irq
);
endmodule
