module round_robin (
    input            clk,
    input            rst,
    input      [1:0] req,
    output reg [1:0] grant
);
    reg last;

    always @(*)
        if (req == 2'b11) grant = last ? 2'b01 : 2'b10;
        else grant = req;

    always @(posedge clk)
        if (rst) last <= 1'b1;
        else if (grant != 2'b00) last <= grant[1];
endmodule
