// Boolean equations for the next state.
module equations (input clk, input rst, input x, output z);
    // S2 stands for S3 too: nothing outside can tell them apart.
    localparam [1:0]
        S0 = 2'b00,
        S1 = 2'b01,
        S2 = 2'b10;
    reg  [1:0] y;
    reg [1:0] y_next;
    always @(*) begin
        case (y)
            S0: y_next = x ? S1 : S0;
            S1: y_next = x ? S2 : S0;
            S2: y_next = x ? S2 : S0;
            default: y_next = 2'bxx;
        endcase
    end
    always @(posedge clk)
        if (rst) y <= S0;
        else     y <= y_next;
    assign z = y[1] & x;
endmodule
