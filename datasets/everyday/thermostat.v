module thermostat (
    input            clk,
    input            rst,
    input      [7:0] temp,
    input      [7:0] low,
    input      [7:0] high,
    output reg       heater
);
    always @(posedge clk)
        if (rst) heater <= 1'b0;
        else if (temp > high) heater <= 1'b0;
        else if (temp < low) heater <= 1'b1;
endmodule
