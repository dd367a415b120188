"""The real process under strace: what it writes, syncs and sends, in order; and SIGKILL at any of its system calls."""

import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

# "?" before a call: some machines and versions of Python have another one in its place.
_STRACE = ("strace", "--daemonize=grandchild", "--follow-forks")  # a grandchild, so that the bot stays our child
_LINE = re.compile(r"\d+ +(?P<call>\w+)\((?P<given>.*)\) += (?P<gave>-?\d+)")
_UNFINISHED = re.compile(r"(?P<thread>\d+) +(?P<begun>.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"(?P<thread>\d+) +<\.\.\. \w+ resumed>(?P<rest>.*)$")
_FILE = re.compile(r"\d+<(?P<name>[^>]*)>")
_TEXT = re.compile(r'"([^"]*)"')


def _obstacle() -> str | None:
    """What keeps strace from working here."""
    if not shutil.which("strace"):
        return "strace is not installed"
    tried = subprocess.run(["strace", "--output=/dev/null", "true"], capture_output=True, check=False, text=True)
    return None if tried.returncode == 0 else f"strace does not work here: {tried.stderr.strip()}"


_OBSTACLE = _obstacle()
needs_strace = pytest.mark.skipif(_OBSTACLE is not None, reason=str(_OBSTACLE))


@dataclass(frozen=True, slots=True)
class Call:
    """One system call: the file or socket that it is about, what was written or named, and its numbers."""

    name: str
    file: str
    data: bytes
    numbers: tuple[int, ...]


def recording(calls: Sequence[str], file: Path) -> list[str]:
    """The command that runs a program and records these calls of it, with every byte, to a file."""
    everything = ("--seccomp-bpf", "--decode-fds=path", "--strings-in-hex=all", "--string-limit=10000000")
    return [*_STRACE, *everything, f"--trace={','.join(f'?{call}' for call in calls)}", f"--output={file}"]


def killing(call: str, number: int, file: Path) -> list[str]:
    """The command that runs a program and kills it when it enters this call for the n-th time."""
    return [*_STRACE, f"--trace=?{call}", f"--inject=?{call}:signal=SIGKILL:when={number}", f"--output={file}"]


def recorded(file: Path) -> Iterator[Call]:
    """The calls that were recorded and succeeded, in the order in which they began to have an effect."""
    for line in _whole_lines(file):
        found = _LINE.match(line)
        if not found or int(found["gave"]) < 0:
            continue
        given = found["given"]
        name = _FILE.match(given)
        data = _bytes("".join(_TEXT.findall(given)))
        numbers = tuple(int(number) for number in re.findall(r"(?<=, )\d+", _TEXT.sub("", given)))
        yield Call(found["call"], _bytes(name["name"]).decode() if name else "", data, numbers)


def _whole_lines(file: Path) -> Iterator[str]:
    """Lines that another thread interrupted are put together again."""
    begun: dict[str, str] = {}
    for line in file.read_text(encoding="ascii").splitlines():
        if unfinished := _UNFINISHED.match(line):
            begun[unfinished["thread"]] = line.removesuffix(" <unfinished ...>")
        elif resumed := _RESUMED.match(line):
            yield begun.pop(resumed["thread"]) + resumed["rest"]
        else:
            yield line


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))
