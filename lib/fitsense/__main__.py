"""`python -m fitsense`: the command line."""

import sys

from fitsense.cli import main

if __name__ == "__main__":
    sys.exit(main())
