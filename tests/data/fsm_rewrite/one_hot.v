module one_hot (
    input  wire clk,
    input  wire rst,
    input  wire go,
    input  wire stop,
    output wire run,
    output wire fast
);
    localparam IDLE = 0, SLOW = 1, CREEP = 2, FAST = 3;
    reg [3:0] state, next;

    always @(posedge clk or posedge rst)
        if (rst) state <= 4'b0001;
        else     state <= next;

    always @(*) begin
        next = 4'b0000;
        case (1'b1)
            state[IDLE]:  if (go) next[SLOW] = 1'b1; else next[IDLE] = 1'b1;
            state[SLOW]:  if (stop) next[IDLE] = 1'b1; else if (go) next[FAST] = 1'b1; else next[CREEP] = 1'b1;
            state[CREEP]: if (stop) next[IDLE] = 1'b1; else if (go) next[FAST] = 1'b1; else next[SLOW] = 1'b1;
            state[FAST]:  if (stop) next[IDLE] = 1'b1; else next[FAST] = 1'b1;
        endcase
    end

    assign run  = state[SLOW] | state[CREEP] | state[FAST];
    assign fast = state[FAST];
endmodule
