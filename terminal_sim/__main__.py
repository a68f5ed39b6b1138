"""`python -m terminal_sim` is the command `terminal-sim`."""

from __future__ import annotations

import sys

from terminal_sim.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
