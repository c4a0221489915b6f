// A handshake, all in one process: the output is a register.
module one_process (
    input  wire clk,
    input  wire rst,
    input  wire start,
    input  wire ready,
    output reg  busy
);
    // WAIT stands for HOLD too: nothing outside can tell them apart.
    parameter IDLE = 0;  // waits
    parameter LOAD = 1;
    parameter WAIT = 2;

    reg [1:0] state;
    reg [1:0] next_state;

    always @(*) begin
        next_state[1] = (state[1] & ~ready) | state[0];
        next_state[0] = ~state[1] & ~state[0] & start;
    end

    always @(posedge clk) begin
        if (rst) state <= IDLE;
        else state <= next_state;
    end

    always @(posedge clk) begin
        if (rst) begin
            busy  <= 1'b0;
        end else begin
            case (state)
                // Nothing to do.
                IDLE: if (start) begin
                    busy  <= 1'b1;
                end
                WAIT: if (ready) begin
                    busy  <= 1'b0;  // done
                end
            endcase
        end
    end
endmodule
