module one_shot (
    input  clk,
    input  rst,
    input  trigger,
    output valve
);
    reg [2:0] left;

    assign valve = left != 3'd0;

    always @(posedge clk)
        if (rst) left <= 3'd0;
        else if (left != 3'd0) left <= left - 3'd1;
        else if (trigger) left <= 3'd5;
endmodule
