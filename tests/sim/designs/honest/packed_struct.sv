// A packed struct, a typedef and an enum.
module dut(input clk, input rst, input [7:0] a, input [7:0] b, output reg [7:0] y);
    typedef struct packed {
        logic [3:0] high;
        logic [3:0] low;
    } byte_t;
    typedef enum logic [1:0] {IDLE = 2'b00, RUN = 2'b10} mode_t;
    byte_t sum;
    mode_t mode;
    always @* begin
        sum = a + b;
        if (rst) mode = IDLE;
        else mode = RUN;
    end
    always @(posedge clk)
        case (mode)
            RUN: y <= {sum.high, sum.low};
            default: y <= 0;
        endcase
endmodule
