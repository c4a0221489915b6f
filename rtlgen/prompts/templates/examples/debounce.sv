module debounce (
    input  logic clk,
    input  logic rst,
    input  logic raw,
    output logic level
);
    logic [1:0] count;

    always @(posedge clk) begin
        if (rst) begin
            level <= 1'b0;
            count <= 2'd0;
        end else if (raw == level) begin
            count <= 2'd0;
        end else if (count == 2'd3) begin
            level <= raw;
            count <= 2'd0;
        end else begin
            count <= count + 2'd1;
        end
    end
endmodule
