"""From verdicts to rows that a training job takes: read, judge, pair, clean, write."""
