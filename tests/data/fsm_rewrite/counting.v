module counting (input clk, input rst, input hold, input skip, output last);
    localparam FIRST = 2'd0;
    reg [1:0] phase;
    always @(posedge clk or posedge rst) begin
        if (rst) phase <= FIRST;
        else if (!hold) begin
            if (skip && phase == FIRST) phase <= 2'd2;
            else phase <= phase + 2'd1;
        end
    end
    assign last = (phase == 2'd3);
endmodule
