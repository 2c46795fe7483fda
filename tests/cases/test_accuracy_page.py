"""The published figures are those that come out today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[2] / "tools" / "accuracy.py"


def test_the_accuracy_page_is_current() -> None:
    done = subprocess.run([sys.executable, str(TOOL), "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, (
        f"docs/reference/accuracy.md is old: run `python tools/accuracy.py`. {done.stderr}"
    )
