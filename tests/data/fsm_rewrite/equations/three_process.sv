module three_process (
    input  wire       clk,
    input  wire       rst_n,
    input  wire [1:0] key,
    output reg  [1:0] light,
    output wire       open
);
    // ONE stands for UNO too: nothing outside can tell them apart.
    // Never reached, and left out: LOST.
    localparam [1:0] SHUT = 2'd0,  // closed
                     ONE  = 2'd1,
                     TWO  = 2'd2,
                     OPEN = 2'd3;

    reg [1:0] current_state, next_state;

    // The register.
    always @(posedge clk or negedge rst_n)
        if (!rst_n) current_state <= SHUT;
        else        current_state <= next_state;

    // Where to go.
    always @* begin
        next_state[1] = (current_state[1] & current_state[0] & ~key[1]) | (current_state[1] & key[0]) | (current_state[0] & key[1] & key[0]);
        next_state[0] = (~current_state[1] & key[1] & ~key[0]) | (current_state[1] & current_state[0] & ~key[1]) | (current_state[1] & key[0]) | (~key[1] & key[0]);
        light = {current_state[1], current_state[0]};
    end
    assign open = current_state[1] & current_state[0];

endmodule
