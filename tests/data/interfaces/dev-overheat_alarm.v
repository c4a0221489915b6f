module overheat_alarm (
    input              clk,
    input              rst_n,
    input signed [7:0] reading,
    input              strobe,
    input              ack,
    output reg         alarm,
    output reg         horn
);
endmodule
