module wash (
    input  logic clk,
    input  logic arst_n,
    input  logic start,
    input  logic full,
    input  logic done,
    output logic valve,
    output logic motor,
    output logic pump
);
    localparam IDLE = 2'd0, FILL = 2'd1, SPIN = 2'd2, DRAIN = 2'd3;
    logic [1:0] state, next;

    always @(posedge clk or negedge arst_n)
        if (!arst_n) state <= IDLE;
        else state <= next;

    always @* begin
        next = state;
        case (state)
            IDLE: if (start) next = FILL;
            FILL: if (full) next = SPIN;
            SPIN: if (done) next = DRAIN;
            DRAIN: if (!full) next = IDLE;
        endcase
    end

    assign valve = (state == FILL);
    assign motor = (state == SPIN);
    assign pump = (state == DRAIN);
endmodule
