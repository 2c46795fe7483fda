"""``python -m unpinch``: the command line."""

import sys

from unpinch.cli import main

if __name__ == "__main__":
    sys.exit(main())
