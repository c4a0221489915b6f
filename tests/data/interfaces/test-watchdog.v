module watchdog (
    input      clk,
    input      rst_n,
    input      enable,
    input      kick,
    output reg bite,
    output reg was_bitten
);
endmodule
