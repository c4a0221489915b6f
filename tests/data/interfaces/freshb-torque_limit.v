module torque_limit (
    input  wire signed [11:0] request,
    input  wire        [7:0]  bound,
    output reg  signed [11:0] torque,
    output wire               clipped
);
    wire signed [11:0] upper = {4'b0000, bound};
    wire signed [11:0] lower = -upper;

    always @* begin
        if (request > upper)
            torque = upper;
        else if (request < lower)
            torque = lower;
        else
            torque = request;
    end

    assign clipped = (torque != request);
endmodule
