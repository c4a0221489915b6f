"""The entry point, also `python -m rtlgen`."""

# The builtin half: no further imports before Ctrl-C is taken care of.
import _signal as signal  # type: ignore[import-not-found]


def main() -> None:
    """Run the command line and exit with its code."""
    # Until the command line handles it, Ctrl-C just ends the process: no traceback of imports.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from rtlgen.cli import main as run  # noqa: PLC0415

    run()


if __name__ == "__main__":
    main()
