module two_machines (input clk, input rst, input a, input b, output p, output q);
    localparam [1:0] IDLE = 2'd0, ONE = 2'd1, TWO = 2'd2;
    reg [1:0] left, right;
    always @(posedge clk)
        if (rst) left <= IDLE;
        else case (left)
            IDLE: if (a) left <= ONE;
            ONE:  left <= a ? ONE : TWO;
            TWO:  left <= IDLE;
            default: left <= IDLE;
        endcase
    always @(posedge clk)
        if (rst) right <= IDLE;
        else case (right)
            IDLE: if (b && left == TWO) right <= ONE;
            ONE:  if (b) right <= TWO;
            TWO:  if (!b) right <= IDLE;
            default: right <= IDLE;
        endcase
    assign p = left == TWO;
    assign q = right == TWO;
endmodule
