"""The playground of an installed wheel: everything that the page needs is in the package."""

import subprocess
import sys
import zipfile
from pathlib import Path

from tests.playground.test_command import CHECKOUT, address_of, started
from tests.playground.visitor import Visitor


def built(folder: Path) -> Path:
    """A wheel of the checkout, unpacked."""
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    unpacked = folder / "installed"
    zipfile.ZipFile(wheel).extractall(unpacked)
    return unpacked


async def test_the_playground_works_from_a_wheel(tmp_path: Path) -> None:
    """Started from an empty directory, it serves every file of the page, and the bot behind it answers."""
    installed, empty = built(tmp_path), tmp_path / "empty"
    empty.mkdir()
    page = CHECKOUT / "bot" / "sandbox" / "playground" / "page"
    with started(empty, empty, "--port", "0", code=installed) as process:
        async with Visitor.at(address_of(process)) as visitor:
            for path in [path.relative_to(page) for path in page.rglob("*") if path.is_file()]:
                async with visitor.session.get(f"{visitor.origin}/page/{path}") as response:
                    assert await response.read() == (page / path).read_bytes(), path
            await visitor.asks_for_a_gift()
        process.terminate()
        assert process.communicate(timeout=20)[1] == ""
