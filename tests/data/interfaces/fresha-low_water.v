module low_water (
    input  wire              clk,
    input  wire              rst_n,
    input  wire signed [7:0] sample,
    input  wire              sample_valid,
    input  wire              restart,
    output reg  signed [7:0] minimum,
    output reg               new_min
);
    always @(posedge clk) begin
        if (!rst_n) begin
            minimum <= 8'sd127;
            new_min <= 1'b0;
        end else if (restart) begin
            minimum <= sample_valid ? sample : 8'sd127;
            new_min <= sample_valid;
        end else if (sample_valid && sample < minimum) begin
            minimum <= sample;
            new_min <= 1'b1;
        end else begin
            new_min <= 1'b0;
        end
    end
endmodule
