module tick_gen (
    input            clk,
    input            rst_n,
    input            load,
    input      [7:0] period,
    input            pause,
    output reg       tick,
    output reg [7:0] remaining,
    output reg       toggle
);
endmodule
