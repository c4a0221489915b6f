// A handshake, all in one process: the output is a register.
module one_process (
    input  wire clk,
    input  wire rst,
    input  wire start,
    input  wire ready,
    output reg  busy
);
    parameter IDLE = 0;  // waits
    parameter LOAD = 1;
    parameter WAIT = 2;
    parameter HOLD = 3;  // the same as WAIT, it turns out

    reg [1:0] state;

    always @(posedge clk) begin
        if (rst) begin
            state <= IDLE;
            busy  <= 1'b0;
        end else begin
            case (state)
                // Nothing to do.
                IDLE: if (start) begin
                    state <= LOAD;
                    busy  <= 1'b1;
                end
                LOAD: state <= ready ? WAIT : HOLD;
                WAIT: if (ready) begin
                    state <= IDLE;
                    busy  <= 1'b0;  // done
                end
                HOLD: begin
                    if (ready) state <= IDLE;
                    if (ready) busy <= 1'b0;
                end
            endcase
        end
    end
endmodule
