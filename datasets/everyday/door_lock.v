module door_lock (
    input        clk,
    input        rst,
    input        key_valid,
    input  [3:0] key,
    output       open,
    output       alarm
);
    localparam [1:0] FIRST = 2'd0, SECOND = 2'd1, THIRD = 2'd2, OPEN = 2'd3;

    reg [1:0] state, wrong;

    assign open = state == OPEN;
    assign alarm = wrong == 2'd3;

    wire right = (state == FIRST && key == 4'd4) || (state == SECOND && key == 4'd7)
              || (state == THIRD && key == 4'd1);

    always @(posedge clk)
        if (rst) begin
            state <= FIRST;
            wrong <= 2'd0;
        end else if (key_valid && !alarm) begin
            if (state == OPEN) begin
                state <= FIRST;
                wrong <= 2'd0;
            end else if (right) state <= state + 2'd1;
            else begin
                state <= FIRST;
                wrong <= wrong + 2'd1;
            end
        end
endmodule
