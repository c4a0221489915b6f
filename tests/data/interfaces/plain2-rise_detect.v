module rise_detect (
    input  wire clk,
    input  wire rst,
    input  wire sig,
    output reg  pulse
);
    reg sig_prev;

    always @(posedge clk) begin
        if (rst) begin
            sig_prev <= 1'b0;
            pulse    <= 1'b0;
        end else begin
            sig_prev <= sig;
            pulse    <= sig & ~sig_prev;
        end
    end
endmodule
