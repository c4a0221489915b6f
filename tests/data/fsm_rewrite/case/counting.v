module counting (input clk, input rst, input hold, input skip, output last);
    localparam FIRST = 2'd0;
    localparam [1:0]
        S1 = 2'b01,
        S2 = 2'b10,
        S3 = 2'b11;
    reg [1:0] phase;
    reg [1:0] next_phase;
    always @(*) begin
        case (phase)
            FIRST:
                if (hold) next_phase = FIRST;
                else if (skip) next_phase = S2;
                else next_phase = S1;
            S1: next_phase = hold ? S1 : S2;
            S2: next_phase = hold ? S2 : S3;
            S3: next_phase = hold ? S3 : FIRST;
            default: next_phase = FIRST;
        endcase
    end

    always @(posedge clk or posedge rst) begin
        if (rst) phase <= FIRST;
        else phase <= next_phase;
    end
    assign last = (phase == S3);
endmodule
