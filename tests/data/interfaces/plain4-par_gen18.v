module par_gen18 (
    input        clk,
    input        rst,
    input        valid,
    input        odd,
    input [17:0] data,
    output reg   parity
);
    always @(posedge clk or posedge rst)
        if (rst)
            parity <= 1'b1;
        else if (valid)
            parity <= (^data) ^ odd;
endmodule
