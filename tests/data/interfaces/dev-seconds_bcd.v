module seconds_bcd (
    input            clk,
    input            rst,
    input            step,
    input            set,
    input      [2:0] set_tens,
    input      [3:0] set_ones,
    output reg [2:0] tens,
    output reg [3:0] ones,
    output           minute
);
endmodule
