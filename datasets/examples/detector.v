// Counts how often 1011 comes in over `x`, overlapping, and says when it does.
// Written in a hurry: two of its states do the same as others.
module detector (
    input             clk,
    input             rst_n,   // asynchronous
    input             x,
    output            found,   // with the last bit
    output reg  [7:0] count
);
    localparam [2:0] NOTHING = 3'd0,
                     ONE     = 3'd1,  // 1
                     ONE_0   = 3'd2,  // 10
                     ONE_01  = 3'd3,  // 101
                     HIT     = 3'd4,  // 1011
                     AGAIN   = 3'd5;  // 0 where nothing was

    reg [2:0] state, next_state;

    always @(posedge clk or negedge rst_n)
        if (!rst_n) state <= NOTHING;
        else state <= next_state;

    always @(*)
        case (state)
            NOTHING: next_state = x ? ONE : AGAIN;
            AGAIN:   next_state = x ? ONE : NOTHING;
            ONE:     next_state = x ? ONE : ONE_0;
            ONE_0:   next_state = x ? ONE_01 : NOTHING;
            ONE_01:  next_state = x ? HIT : ONE_0;
            HIT:     next_state = x ? ONE : ONE_0;
            default: next_state = NOTHING;
        endcase

    assign found = state == ONE_01 && x;

    // The data path is not touched by what is done to the machine.
    always @(posedge clk or negedge rst_n)
        if (!rst_n) count <= 8'd0;
        else if (found) count <= count + 8'd1;
endmodule
