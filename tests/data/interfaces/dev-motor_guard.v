module motor_guard (
    input  clk,
    input  rst,
    input  fwd_req,
    input  rev_req,
    input  stop,
    output reg fwd,
    output reg rev,
    output idle
);
endmodule
