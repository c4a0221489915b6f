module one_hot (
    input  wire clk,
    input  wire rst,
    input  wire go,
    input  wire stop,
    output wire run,
    output wire fast
);
    localparam IDLE = 0, SLOW = 1, CREEP = 2, FAST = 3;
    // SLOW stands for CREEP too: nothing outside can tell them apart.
    localparam [1:0]
        S_IDLE = 2'b00,
        S_SLOW = 2'b01,
        S_FAST = 2'b10;
    reg [1:0] state, next;

    always @(posedge clk or posedge rst)
        if (rst) state <= S_IDLE;
        else     state <= next;

    always @(*) begin
        next[1] = (state[1] & ~stop) | (state[0] & go & ~stop);
        next[0] = (~state[1] & ~state[0] & go) | (state[0] & ~go & ~stop);
    end
    assign fast = state[1];
    assign run = ~(~state[1] & ~state[0]);

endmodule
