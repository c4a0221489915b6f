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
        next_state = current_state;
        case (current_state)
            SHUT: case (key)
                2'b01: next_state = ONE;
                2'b10: next_state = ONE;
                default: next_state = SHUT;
            endcase
            // One digit is right.
            ONE: if (key == 2'b11) next_state = TWO;
                 else if (key == 2'b00) next_state = SHUT;
            TWO: next_state = key[0] ? OPEN : SHUT;
            OPEN: if (key == 2'b10) next_state = SHUT;
        endcase
    end

    // What is seen.
    always_comb begin
        light = 2'b00;
        case (current_state)
            ONE: light = 2'b01;
            TWO: light = 2'b10;
            OPEN: light = 2'b11;
            default: light = 2'b00;
        endcase
    end
    assign open = (current_state == OPEN);
endmodule
