module tick_gen (
    input        clk,
    input        rst_n,
    input        run,
    input  [5:0] period,
    output       tick
);
endmodule
