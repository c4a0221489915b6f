"""`report.html`: a run for a person to look into, one file that needs nothing else."""
