module kitchen_timer (
    input  wire        clk,
    input  wire        rst,
    input  wire        load,
    input  wire [15:0] start_value,
    input  wire        tick,
    output reg  [15:0] remaining,
    output reg         done
);
    always @(posedge clk or posedge rst) begin
        if (rst) begin
            remaining <= 16'd0;
            done      <= 1'b0;
        end else if (load) begin
            remaining <= start_value;
            done      <= (start_value == 16'd0);
        end else if (tick && remaining != 16'd0) begin
            remaining <= remaining - 16'd1;
            if (remaining == 16'd1)
                done <= 1'b1;
        end
    end
endmodule
