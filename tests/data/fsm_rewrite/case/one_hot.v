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
        case (state)
            S_IDLE: next = go ? S_SLOW : S_IDLE;
            S_SLOW:
                if (stop) next = S_IDLE;
                else if (go) next = S_FAST;
                else next = S_SLOW;
            S_FAST: next = stop ? S_IDLE : S_FAST;
            default: next = 2'bxx;
        endcase
    end

    assign run  = state[0] | state[1];
    assign fast = state[1];
endmodule
