module alarm_votes (
    input  wire [10:0] detector,
    input  wire [10:0] disabled,
    input  wire [3:0]  threshold,
    output reg  [3:0]  votes,
    output wire        alarm
);
    wire [10:0] active = detector & ~disabled;
    integer i;

    always @* begin
        votes = 4'd0;
        for (i = 0; i < 11; i = i + 1)
            votes = votes + {3'b000, active[i]};
    end

    assign alarm = (threshold != 4'd0) && (votes >= threshold);
endmodule
