module piso_right (
    input  wire       clk,
    input  wire       reset_n,
    input  wire       load,
    input  wire       shift,
    input  wire       ser_in,
    input  wire [7:0] data_in,
    output reg  [7:0] data_out
);
    always @(posedge clk or negedge reset_n) begin
        if (!reset_n)
            data_out <= 8'd0;
        else if (load)
            data_out <= data_in;
        else if (shift)
            data_out <= {ser_in, data_out[7:1]};
    end
endmodule
