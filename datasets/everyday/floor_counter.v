module floor_counter (
    input            clk,
    input            rst_n,
    input            enter,
    input            leave,
    output reg [3:0] cars,
    output           full
);
    assign full = cars == 4'd12;

    always @(posedge clk or negedge rst_n)
        if (!rst_n) cars <= 4'd0;
        else if (enter && !leave && cars != 4'd12) cars <= cars + 4'd1;
        else if (leave && !enter && cars != 4'd0) cars <= cars - 4'd1;
endmodule
