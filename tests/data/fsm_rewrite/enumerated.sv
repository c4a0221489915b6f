module enumerated (
    input  logic clk,
    input  logic rst_n,
    input  logic req,
    input  logic ack,
    output logic grant
);
    typedef enum logic [2:0] {
        IDLE,   // no request
        ASK,
        ASK2,   // asks again
        GRANT,
        NEVER
    } state_t;

    state_t state, next;

    always_ff @(posedge clk or negedge rst_n) begin
        if (!rst_n) state <= IDLE;
        else        state <= next;
    end

    always_comb begin
        next = state;
        unique case (state)
            IDLE:  if (req) next = ASK;
            ASK:   if (ack) next = GRANT; else next = ASK2;
            ASK2:  if (ack) next = GRANT; else next = ASK;
            GRANT: if (!req) next = IDLE;
            default: next = IDLE;
        endcase
    end

    assign grant = (state == GRANT);
endmodule
