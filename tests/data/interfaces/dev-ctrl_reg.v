module ctrl_reg (
    input             clk,
    input             rst_n,
    input             write,
    input      [1:0]  byte_en,
    input      [15:0] wdata,
    input             lock,
    output reg [15:0] value,
    output reg        locked,
    output reg        refused
);
endmodule
