"""The house as README draws it: who may know whom, where SQL and Slack's shapes are, and no await in a transaction."""

import ast
import inspect
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from bot.gifts.approvals.decide import Decisions
from bot.gifts.approvals.delegate import Delegation
from bot.gifts.approvals.resolve import Resolution
from bot.gifts.approvals.submit import Submissions
from bot.gifts.dashboard import Dashboards
from bot.gifts.orders.redemption import Redemption

ROOT = Path(__file__).parents[1]
HOUSE = ("bot", "handlers", "storage")
MODULES = sorted(path for folder in HOUSE for path in (ROOT / folder).rglob("*.py"))


def name_of(path: Path) -> str:
    """The name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@cache
def tree(path: Path) -> ast.Module:
    """A module, read."""
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def is_in(module: str, room: str) -> bool:
    """Whether a module belongs to a room."""
    return module == room or module.startswith(f"{room}.")


def offenders(of: Callable[[ast.AST], bool], among: list[Path]) -> list[str]:
    """Where something stands that should not."""
    return [
        f"{name_of(path)}:{getattr(node, 'lineno', 0)}" for path in among for node in ast.walk(tree(path)) if of(node)
    ]


def outside(*rooms: str) -> list[Path]:
    """All modules but those of these rooms."""
    return [path for path in MODULES if not any(is_in(name_of(path), room) for room in rooms)]


def inside(*rooms: str) -> list[Path]:
    """The modules of these rooms."""
    found = [path for path in MODULES if any(is_in(name_of(path), room) for room in rooms)]
    assert found, f"{rooms} should have modules"
    return found


def test_imports_run_one_way() -> None:
    """Who may import whom stands in pyproject.toml, in contracts that import-linter checks."""
    linter = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([linter, "--no-cache", "--no-logo"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stdout


def test_every_room_has_its_contract() -> None:
    """A new room says whom it may import."""
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {contract["id"]: contract for contract in pyproject["tool"]["importlinter"]["contracts"]}
    layers = [*contracts["rooms"]["layers"], *contracts["sandbox"]["protected_modules"]]
    named = {room.strip() for layer in layers for room in layer.split("|")}
    found = {".".join(name.split(".")[: 2 if name.startswith("bot.") else 1]) for name in map(name_of, MODULES)}
    assert named == found - {"bot"}


def test_the_storage_is_plain() -> None:
    """No function of the storage is asynchronous, so that nothing can come between BEGIN and COMMIT."""
    kinds = (ast.AsyncFunctionDef, ast.Await, ast.AsyncWith, ast.AsyncFor)
    assert offenders(lambda node: isinstance(node, kinds), inside("storage")) == []


def test_the_model_is_plain() -> None:
    """Values and rules ask nobody: none of their functions is asynchronous."""
    kinds = (ast.AsyncFunctionDef, ast.Await, ast.AsyncWith, ast.AsyncFor)
    assert offenders(lambda node: isinstance(node, kinds), inside("bot.gifts.model")) == []


def test_nothing_is_awaited_in_a_transaction() -> None:
    """Another task's change would be undone, or kept, with ours."""
    waits = (ast.Await, ast.AsyncWith, ast.AsyncFor, ast.AsyncFunctionDef, ast.Yield, ast.YieldFrom)

    def is_write(item: ast.withitem) -> bool:
        call = item.context_expr
        return isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "write"

    def waits_in_a_transaction(node: ast.AST) -> bool:
        if not isinstance(node, ast.With) or not any(is_write(item) for item in node.items):
            return False
        return any(isinstance(inner, waits) for line in node.body for inner in ast.walk(line))

    assert offenders(waits_in_a_transaction, MODULES) == []
    written = offenders(lambda node: isinstance(node, ast.With) and any(map(is_write, node.items)), MODULES)
    assert len(written) > 5, "transactions are found at all"


def test_a_transaction_is_opened_with_with() -> None:
    """Nobody calls write() and forgets to end it."""
    for path in outside("storage.store"):
        calls = [n for n in ast.walk(tree(path)) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
        opened = {id(item.context_expr) for n in ast.walk(tree(path)) if isinstance(n, ast.With) for item in n.items}
        stores = [
            call for call in calls if ast.unparse(call.func) in {"self._store.write", "store.write", "self.write"}
        ]
        assert all(id(call) in opened for call in stores), name_of(path)


SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s(OR\s\w+\s)?INTO|UPDATE\s.+\sSET|DELETE\sFROM|CREATE\s(UNIQUE\s)?(TABLE|INDEX|TRIGGER)"
    r"|PRAGMA\s\w+|BEGIN\sIMMEDIATE|DROP\s(TABLE|TRIGGER)|ALTER\sTABLE)\b",
    re.DOTALL,
)


def _is_sql(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(SQL.search(node.value))


def test_only_the_storage_speaks_sql() -> None:
    """Money moves in statements that stand in one folder; the demo and the playground only look, from outside."""
    assert offenders(_is_sql, outside("storage", "bot.sandbox.demo", "bot.sandbox.playground")) == []
    assert offenders(_is_sql, inside("storage"))

    def changes(node: ast.AST) -> bool:
        return _is_sql(node) and not str(ast.literal_eval(ast.unparse(node))).lstrip().startswith("SELECT")

    assert offenders(changes, inside("bot.sandbox.demo", "bot.sandbox.playground")) == []


USE_CASES = {
    "submit": Submissions,
    "decide": Decisions,
    "resolve": Resolution,
    "delegate": Delegation,
    "dashboard": Dashboards,
    "redemption": Redemption,
}


def test_what_handlers_call_can_be_awaited() -> None:
    """Every use case is asynchronous for its callers, so that a slower database has a door to come in by."""
    call = re.compile(rf"self\._(?:services\.)?({'|'.join(USE_CASES)})\.(\w+)\(")
    called = {tuple(found) for path in inside("handlers") for found in call.findall(path.read_text(encoding="utf-8"))}
    assert len(called) > 12, "calls are found at all"
    assert [one for one in called if not inspect.iscoroutinefunction(getattr(USE_CASES[one[0]], one[1]))] == []


THEIR_TABLES = {  # whose subject is the tables themselves, or which fills them by the million
    "tests.bench.seed_data",
    "tests.harness.ledger",
    "tests.proof.test_history_tampering",
    "tests.test_audit_record",
    "tests.test_exponents",
    "tests.test_home_at_scale",
    "tests.test_migration",
    "tests.test_query_plans",
    "tests.test_storage",
}


def test_tests_ask_the_ledger() -> None:
    """A test has a named question instead of SQL; what is left makes odd files, and tables of its own."""
    tests = sorted((ROOT / "tests").rglob("*.py"))
    assert {name_of(path) for path in tests} >= THEIR_TABLES
    assert len(offenders(_is_sql, [path for path in tests if name_of(path) not in THEIR_TABLES])) <= 15


PAYLOADS = {"body", "payload", "event", "view", "action", "command", "shortcut", "submission", "click"}


def test_only_one_file_knows_slack_s_dictionaries() -> None:
    """Payloads are read into objects first; the error handler alone asks what kind of thing went wrong."""

    def indexes(node: ast.AST) -> bool:
        return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in PAYLOADS

    def asks(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in {"get", "pop", "items", "values"}
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id in PAYLOADS - {"payload"}
        )

    handlers = [path for path in inside("handlers") if name_of(path) != "handlers.inbound.payloads"]
    assert offenders(indexes, handlers) == []
    assert {place.split(":")[0] for place in offenders(asks, handlers)} <= {"handlers.errors"}


def test_only_the_settings_read_the_environment() -> None:
    """Everything else is handed in; who starts the bot as a child passes a little of its environment on."""

    def reads(node: ast.AST) -> bool:
        if isinstance(node, ast.Attribute):
            return ast.unparse(node) in {"os.environ", "os.getenv", "os.environb"}
        return isinstance(node, ast.ImportFrom) and node.module == "os" and "env" in ast.unparse(node)

    assert offenders(reads, outside("bot.settings", "bot.sandbox.bot_process")) == []


def test_the_heart_does_not_reach_for_the_world() -> None:
    """Clock, ids and network are handed to the heart; imports are forbidden by contract, calls that need none here."""

    def reaches(node: ast.AST) -> bool:
        return isinstance(node, ast.Call) and ast.unparse(node.func) in {
            "datetime.now",
            "datetime.utcnow",
            "asyncio.sleep",
            "open",
            "print",
        }

    assert offenders(reaches, inside("bot.gifts")) == []


def test_a_gift_card_service_is_a_folder() -> None:
    """Its name stands in its own folder, in that of its simulator, and on one line of each registry."""
    services = [path.name for path in (ROOT / "bot" / "giftcards").iterdir() if (path / "account.py").exists()]
    assert len(services) > 1, "services are found at all"
    registries = {ROOT / folder / "giftcards" / "registry.py" for folder in ("bot", "bot/sandbox/simulator")}
    kinds = {".py", ".js", ".html", ".css"}
    house = [path for folder in HOUSE for path in (ROOT / folder).rglob("*") if path.suffix in kinds]
    for name in services:
        own = {ROOT / "bot" / "giftcards" / name, ROOT / "bot" / "sandbox" / "simulator" / "giftcards" / name}
        others = [path for path in house if not own & {*path.parents} and path not in registries]
        named = [path for path in others if name in path.read_text(encoding="utf-8").lower()]
        # an earlier contract of the same company may refer to the later one
        assert {path.parent.parent for path in named} <= {ROOT / "bot" / "giftcards"}, name


def test_every_module_says_what_it_is_for() -> None:
    """A sentence at the top, and no file that is too long to be read at a sitting."""
    texts = {name_of(path): path.read_text(encoding="utf-8") for path in MODULES}
    assert [name_of(path) for path in MODULES if not ast.get_docstring(tree(path))] == []
    assert [name for name, text in texts.items() if len(text.splitlines()) > 420] == []
