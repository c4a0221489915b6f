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
    reg [3:0] left;

    always @(posedge clk) begin
        if (rst) begin
            state <= IDLE;
            done  <= 1'b0;
        end else begin
            done <= 1'b0;
            case (state)
                IDLE: if (start) begin
                    product <= 8'd0;
                    left    <= b;
                    state   <= RUN;
                end
                RUN: if (left == 4'd0) begin
                    done  <= 1'b1;
                    state <= LAST;
                end else begin
                    product <= product + {4'd0, a};
                    left    <= left - 4'd1;
                end
                LAST: state <= start ? STOP : IDLE;
                STOP: if (!start) state <= IDLE;
            endcase
        end
    end
endmodule
