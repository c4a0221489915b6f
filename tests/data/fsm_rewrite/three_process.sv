module three_process (
    input  wire       clk,
    input  wire       rst_n,
    input  wire [1:0] key,
    output reg  [1:0] light,
    output wire       open
);
    localparam [2:0] SHUT = 3'd0,  // closed
                     ONE  = 3'd1,
                     TWO  = 3'd2,
                     UNO  = 3'd3,  // like ONE
                     OPEN = 3'd4,
                     LOST = 3'd5;  // nothing leads here

    reg [2:0] current_state, next_state;

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
                2'b10: next_state = UNO;
                default: next_state = SHUT;
            endcase
            // One digit is right.
            ONE: if (key == 2'b11) next_state = TWO;
                 else if (key == 2'b00) next_state = SHUT;
            UNO: if (key == 2'b11) next_state = TWO;
                 else if (key == 2'b00) next_state = SHUT;
            TWO: next_state = key[0] ? OPEN : SHUT;
            OPEN: if (key == 2'b10) next_state = SHUT;
            LOST: next_state = SHUT;
        endcase
    end

    // What is seen.
    always_comb begin
        light = 2'b00;
        case (current_state)
            ONE, UNO: light = 2'b01;
            TWO: light = 2'b10;
            OPEN: light = 2'b11;
            LOST: light = 2'b11;
            default: light = 2'b00;
        endcase
    end
    assign open = (current_state == OPEN) | (current_state == LOST);
endmodule
