module two_machines (input clk, input rst, input a, input b, output p, output q);
    localparam [1:0] IDLE = 2'd0, ONE = 2'd1, TWO = 2'd2;
    reg [1:0] left, right;
    reg [1:0] next_left;
    always @(*) begin
        case (left)
            IDLE: next_left = a ? ONE : IDLE;
            ONE: next_left = a ? ONE : TWO;
            TWO: next_left = IDLE;
            default: next_left = 2'bxx;
        endcase
    end

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
    assign p = left == TWO;
    assign q = right == TWO;
endmodule
