"""Run a command line of facestore as the campaigns do: vectors and rows are written often."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from faults import campaign

if __name__ == "__main__":
    campaign.command_line(sys.argv[1:-2], Path(sys.argv[-1]))()
