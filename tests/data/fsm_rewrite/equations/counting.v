module counting (input clk, input rst, input hold, input skip, output last);
    localparam FIRST = 2'd0;
    localparam [1:0]
        S1 = 2'b01,
        S2 = 2'b10,
        S3 = 2'b11;
    reg [1:0] phase;
    reg [1:0] next_phase;
    always @(*) begin
        next_phase[1] = ~((~phase[1] & ~phase[0] & ~skip) | (~phase[1] & hold) | (phase[1] & phase[0] & ~hold));
        next_phase[0] = ~((~phase[1] & ~hold & skip) | (~phase[0] & hold) | (phase[0] & ~hold));
    end
    assign last = phase[1] & phase[0];

    always @(posedge clk or posedge rst) begin
        if (rst) phase <= FIRST;
        else phase <= next_phase;
    end
endmodule
