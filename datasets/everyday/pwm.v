module pwm (
    input        clk,
    input        rst,
    input  [7:0] duty,
    output       out
);
    reg [7:0] count;

    always @(posedge clk)
        if (rst) count <= 8'd0;
        else count <= count + 8'd1;

    assign out = count < duty;
endmodule
