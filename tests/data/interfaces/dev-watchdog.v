module watchdog (
    input            clk,
    input            rst_n,
    input            enable,
    input            kick,
    input      [7:0] limit,
    output reg [7:0] count,
    output reg       bite
);
endmodule
