"""Truth tables and state tables as values, and what can be computed from them."""
