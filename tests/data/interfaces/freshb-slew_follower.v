module slew_follower (
    input  wire       clk,
    input  wire       arst,
    input  wire [7:0] target,
    output reg  [7:0] value,
    output wire       settled
);
    assign settled = (value == target);

    // 9 bits so that neither sum can wrap
    wire [8:0] value_up  = {1'b0, value} + 9'd4;
    wire [8:0] target_up = {1'b0, target} + 9'd4;

    always @(posedge clk or posedge arst) begin
        if (arst)
            value <= 8'd0;
        else if ({1'b0, target} > value_up)
            value <= value + 8'd4;
        else if (target_up < {1'b0, value})
            value <= value - 8'd4;
        else
            value <= target;
    end
endmodule
