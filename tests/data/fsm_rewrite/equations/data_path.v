// A multiplier by additions: the machine waits for a counter of the data path.
module data_path (
    input  wire       clk,
    input  wire       rst,
    input  wire       start,
    input  wire [3:0] a,
    input  wire [3:0] b,
    output reg  [7:0] product,
    output reg        done
);
    localparam [1:0] IDLE = 2'b00,
                     RUN  = 2'b01,
                     LAST = 2'b10,
                     STOP = 2'b11;
    reg [1:0] state;
    reg [1:0] next_state;
    reg [3:0] left;

    wire left_eq_0 = left == 4'd0;

    always @(*) begin
        next_state[1] = (~state[1] & state[0] & left_eq_0) | (state[1] & start);
        next_state[0] = (~state[1] & state[0] & ~left_eq_0) | (state[1] & start) | (~state[0] & start);
    end

    always @(posedge clk) begin
        if (rst) state <= IDLE;
        else state <= next_state;
    end

    always @(posedge clk) begin
        if (rst) begin
            done  <= 1'b0;
        end else begin
            done <= 1'b0;
            case (state)
                IDLE: if (start) begin
                    product <= 8'd0;
                    left    <= b;
                end
                RUN: if (left == 4'd0) begin
                    done  <= 1'b1;
                end else begin
                    product <= product + {4'd0, a};
                    left    <= left - 4'd1;
                end
            endcase
        end
    end
endmodule
