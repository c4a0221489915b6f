"""`python -m rtlgen`."""

from rtlgen.cli import main

if __name__ == "__main__":
    main()
