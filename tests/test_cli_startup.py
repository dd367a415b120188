"""The command line answers at once: what the bot needs to run is loaded only to run it."""

import subprocess
import sys

LOADED = """
import sys
from bot.__main__ import app
app(sys.argv[1:], standalone_mode=False)
print(*sorted({name.partition(".")[0] for name in sys.modules} - sys.stdlib_module_names), file=sys.stderr)
"""
LIGHT = {"annotated_doc", "attr", "bot", "markdown_it", "mdurl", "pygments", "rich", "shellingham", "typer"}


def test_help_loads_nothing_heavy() -> None:
    """`giftbot --help` needs what draws it on the terminal, and neither Slack's libraries nor the database."""
    told = subprocess.run([sys.executable, "-c", LOADED, "--help"], capture_output=True, text=True, check=True)
    assert "Gift cards as a thank-you" in told.stdout
    loaded = set(told.stderr.split())
    assert "typer" in loaded
    assert {name for name in loaded if not name.startswith("_")} <= LIGHT
