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
                LOAD: state <= WAIT;
                WAIT: if (ready) begin
                    state <= IDLE;
                    busy  <= 1'b0;  // done
                end
            endcase
        end
    end
endmodule
