"""What a module computes, word by word, as values that can be rewritten."""
