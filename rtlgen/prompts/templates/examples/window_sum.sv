module window_sum (
    input  logic clk,
    input  logic rst,
    input  logic valid,
    input  logic [7:0] sample,
    output logic [9:0] sum
);
    logic [7:0] s0, s1, s2, s3;

    always @(posedge clk) begin
        if (rst) {s0, s1, s2, s3} <= 32'd0;
        else if (valid) {s0, s1, s2, s3} <= {sample, s0, s1, s2};
    end

    assign sum = {2'b00, s0} + {2'b00, s1} + {2'b00, s2} + {2'b00, s3};
endmodule
