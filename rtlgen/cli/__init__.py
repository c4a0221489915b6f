"""The command line; each command is parse, one call, exit code."""

def main() -> None:
    """Run the command line."""
