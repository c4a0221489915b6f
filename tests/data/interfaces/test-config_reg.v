module config_reg (
    input             clk,
    input             reset_n,
    input             write,
    input      [1:0]  byte_en,
    input      [15:0] data,
    input             lock,
    output reg [15:0] value,
    output reg        locked,
    output reg        denied
);
endmodule
