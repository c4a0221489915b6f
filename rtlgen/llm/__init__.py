"""Language models: asking them, what it costs, and the Verilog in what they answer."""
