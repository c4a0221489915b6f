"""Training from verdicts: SFT, DPO and GRPO through TRL, and the loop that repeats them."""
