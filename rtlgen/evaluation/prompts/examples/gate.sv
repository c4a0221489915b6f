module TopModule (
  input  clk,
  input  areset,
  input  ticket,
  input  car,
  output up
);

  localparam DOWN = 2'd0, OPEN = 2'd1, PASS = 2'd2;

  reg [1:0] state, next;

  always @(posedge clk or posedge areset) begin
    if (areset)
      state <= DOWN;
    else
      state <= next;
  end

  always @(*) begin
    case (state)
      DOWN:    next = ticket ? OPEN : DOWN;
      OPEN:    next = car ? PASS : OPEN;
      PASS:    next = car ? PASS : DOWN;
      default: next = DOWN;
    endcase
  end

  assign up = (state != DOWN);

endmodule
