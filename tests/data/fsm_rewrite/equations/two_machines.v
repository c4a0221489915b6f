module two_machines (input clk, input rst, input a, input b, output p, output q);
    localparam [1:0] IDLE = 2'd0, ONE = 2'd1, TWO = 2'd2;
    reg [1:0] left, right;
    reg [1:0] next_left;
    always @(*) begin
        next_left[1] = left[0] & ~a;
        next_left[0] = ~left[1] & a;
    end
    assign p = left[1];

    always @(posedge clk) begin
        if (rst) left <= IDLE;
        else left <= next_left;
    end
    always @(posedge clk)
        if (rst) right <= IDLE;
        else case (right)
            IDLE: if (b && left == TWO) right <= ONE;
            ONE:  if (b) right <= TWO;
            TWO:  if (!b) right <= IDLE;
            default: right <= IDLE;
        endcase
    assign q = right == TWO;
endmodule
