"""Hardware specifications to verified Verilog, and every pass and fail to training data."""

__version__ = "0.1.0"
