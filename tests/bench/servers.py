"""Servers as processes of their own, on a core of their own; whoever clicks is on another one."""

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

_CORES = sorted(os.sched_getaffinity(0))
_PATIENCE = 60.0  # seconds to start


def stay_off_the_servers_core() -> None:
    """Keep this process, and those that it starts, on another core than the servers, where there is one."""
    os.sched_setaffinity(0, set(_CORES[1:] or _CORES))


@contextmanager
def on_the_servers_core() -> Iterator[None]:
    """What is started meanwhile runs there."""
    here = os.sched_getaffinity(0)
    os.sched_setaffinity(0, _CORES[:1])
    try:
        yield
    finally:
        os.sched_setaffinity(0, here)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def serving(
    *module: str, port: int, environment: Mapping[str, str] | None = None
) -> AsyncGenerator[asyncio.subprocess.Process]:
    """A Python module as a process, from when it listens; its log is shown if it ends too early."""
    with tempfile.TemporaryFile() as log:
        with on_the_servers_core():
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", *module, env={**os.environ, **(environment or {})}, stderr=log
            )
        try:
            await until_it_listens(port, process)
            yield process
            assert process.returncode is None, "it serves to the end"
        except BaseException:
            log.seek(0)
            sys.stderr.write(log.read()[-4000:].decode(errors="replace"))
            raise
        finally:
            if process.returncode is None:
                process.kill()
            await process.wait()


async def until_it_listens(port: int, process: asyncio.subprocess.Process) -> None:
    """Come back when a connection is accepted."""
    async with asyncio.timeout(_PATIENCE):
        while process.returncode is None:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionRefusedError:
                await asyncio.sleep(0.002)
            else:
                writer.close()
                return
    raise AssertionError("it listens")


def resident(pid: int) -> int:
    """The memory that a process has in use, in bytes; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def mib(size: float) -> str:
    """Memory, as people read it."""
    return f"{size / 2**20:.0f} MiB"
