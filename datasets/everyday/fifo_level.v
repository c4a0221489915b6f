module fifo_level (
    input            clk,
    input            reset,
    input            push,
    input            pop,
    output reg [3:0] level,
    output           full,
    output           empty
);
    assign full  = level == 4'd8;
    assign empty = level == 4'd0;

    always @(posedge clk)
        if (reset) level <= 4'd0;
        else level <= level + (push && !full) - (pop && !empty);
endmodule
