// Boolean equations for the next state.
module equations (input clk, input rst, input x, output z);
    reg  [1:0] y;
    wire [1:0] y_next;
    assign y_next[1] = (y[0] & x) | (y[1] & ~y[0] & x);
    assign y_next[0] = x & ~y[0];
    always @(posedge clk)
        if (rst) y <= 2'b00;
        else     y <= y_next;
    assign z = y[1] & x;
endmodule
