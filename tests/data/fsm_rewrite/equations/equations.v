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
        y_next[1] = ~((~y[1] & ~y[0]) | ~x);
        y_next[0] = ~y[1] & ~y[0] & x;
    end
    assign z = y[1] & x;
    always @(posedge clk)
        if (rst) y <= S0;
        else     y <= y_next;
endmodule
