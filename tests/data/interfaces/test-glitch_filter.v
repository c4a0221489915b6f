module glitch_filter (
    input      clk,
    input      rst,
    input      raw,
    output reg filtered,
    output reg rejected
);
endmodule
