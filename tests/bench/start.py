"""Start: until the bot serves, beside the bare import of what it depends on; and what it weighs when it is idle."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bot.sandbox.simulator import Simulator
from tests.bench.metrics import Figure, Size, at_most, ms
from tests.bench.servers import free_port, mib, on_the_servers_core, resident, serving
from tests.harness.office import Office, TurnableClock

_A_MOMENT = 1.0  # seconds, after which a bot that has nothing to do has done what it does at its start
# every module of other people that the running bot has loaded, in the order in which it loads them
_DEPENDENCIES = """
import json, sys
import bot.app, bot.logs
ours = {"bot", "handlers", "storage", "__main__"}
names = [name for name in sys.modules if name.partition(".")[0] not in ours | sys.stdlib_module_names]
print(json.dumps(names))
"""
_BARE = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
"""


async def start(size: Size, folder: Path) -> Sequence[Figure]:
    """Start both by turns; each counts by its best."""
    names = _dependencies()
    bare, ready, helped, memory = [], [], [], []
    async with Simulator() as simulator:
        office = Office(simulator, folder, TurnableClock())
        for _ in range(size.rounds + 1):
            bare.append(await _seconds("-c", _BARE, names))
            helped.append(await _seconds("-m", "bot", "--help"))
            port, began = free_port(), time.perf_counter()
            run = ("bot", "run", "--http", "--port", str(port))
            async with serving(*run, port=port, environment=office.environment()) as process:
                ready.append(time.perf_counter() - began)
                await asyncio.sleep(_A_MOMENT)
                memory.append(resident(process.pid))
    imports = f"import of {len(json.loads(names))} modules {ms(min(bare))}"
    return [
        at_most("ready to serve after", ms(min(ready)), imports, min(ready) / min(bare), 1.5),
        Figure("giftbot --help has answered after", ms(min(helped))),
        Figure("memory of an idle bot", mib(min(memory))),
    ]


def _dependencies() -> str:
    return subprocess.run([sys.executable, "-c", _DEPENDENCIES], capture_output=True, text=True, check=True).stdout


async def _seconds(*arguments: str) -> float:
    began = time.perf_counter()
    with on_the_servers_core():
        process = await asyncio.create_subprocess_exec(sys.executable, *arguments, stdout=subprocess.DEVNULL)
    assert await process.wait() == 0
    return time.perf_counter() - began
