"""Places in Python source, found by their shape, as semgrep finds them: layout and neighbours are of no account.

In a pattern, `$NAME` stands for any expression or name, the same one wherever it is written; `...` for any arguments,
items or statements. What is put in a place may use both again, each `...` for what the pattern's had in that turn.
A pattern is an expression, some statements in a row, or one `case` of a match statement.
"""

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

_VARIABLE = "ANY_"
_WITHOUT_MEANING = {"ctx", "kind", "type_comment"}


class NotOnce(Exception):
    """A place that is not in the source, or is there more than once."""


@dataclass
class _Found:
    """What the variables and the `...` of a pattern stand for in one place."""

    variables: dict[str, ast.AST] = field(default_factory=dict)
    rests: list[list[ast.AST]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a pattern fits: nodes in a row of a list, or the one node of a field."""

    parent: ast.AST
    name: str
    index: int | None
    found: _Found


def changed(
    source: str, function: str, pattern: str, wrong: str, *, where: Literal["instead", "before"] = "instead"
) -> str:
    """The source with `wrong` in the one place of a function, or of the whole module, that has the pattern.

    `function` is a qualified name, empty for the module; "before" puts statements before the one that has the place.

    Raises:
        NotOnce: the function or the pattern is not there exactly once.
    """
    module = ast.parse(source)
    scope = _scope(module, function)
    wanted, put = _parsed(pattern, wrong) if where == "instead" else (_parsed(pattern)[0], _parsed(wrong, "pass")[0])
    places = list(_places(scope, wanted))
    if len(places) != 1:
        raise NotOnce(f"{function or 'the module'} has {len(places)} times: {pattern}")
    (place,) = places
    nodes = _filled(put, place.found, iter(place.found.rests))
    if where == "before":
        _insert(scope, place, nodes)
    elif place.index is None:
        setattr(place.parent, place.name, nodes[0])
    else:
        getattr(place.parent, place.name)[place.index : place.index + len(wanted)] = nodes
    return ast.unparse(ast.fix_missing_locations(module)) + "\n"


def _scope(module: ast.Module, function: str) -> ast.AST:
    scope: ast.AST = module
    for name in filter(None, function.split(".")):
        kinds = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        inner = [node for node in getattr(scope, "body", []) if isinstance(node, kinds) and node.name == name]
        if len(inner) != 1:
            raise NotOnce(f"{function} is there {len(inner)} times")
        scope = inner[0]
    return scope


def _parsed(*texts: str) -> list[list[ast.AST]]:
    """Patterns that take each other's place: all of them expressions, or else statements, or cases."""
    python = [re.sub(r"\$(?=[A-Z])", _VARIABLE, text) for text in texts]
    if all(text.startswith("case ") for text in python):
        matches = [ast.parse("match _:\n" + _indented(text)).body[0] for text in python]
        return [[*match.cases] for match in matches if isinstance(match, ast.Match)]
    try:
        return [[ast.parse(text, mode="eval").body] for text in python]
    except SyntaxError:
        return [[*ast.parse(text).body] for text in python]


def _indented(text: str) -> str:
    return "".join(f"    {line}\n" for line in text.splitlines())


def _places(scope: ast.AST, wanted: Sequence[ast.AST]) -> Iterator[_Place]:
    for parent in ast.walk(scope):
        for name, value in ast.iter_fields(parent):
            rows: list[tuple[int | None, list[ast.AST]]] = [(None, [value])]
            if isinstance(value, list):
                rows = [(index, value[index : index + len(wanted)]) for index in range(len(value))]
            for index, row in rows:
                found = _Found()
                if _fits([*wanted], row, found):
                    yield _Place(parent, name, index, found)


def _insert(scope: ast.AST, place: _Place, statements: list[ast.AST]) -> None:
    """Put statements before the innermost one that has the place."""
    holders = [
        (block, index)
        for parent in ast.walk(scope)
        for _, block in ast.iter_fields(parent)
        if isinstance(block, list)
        for index, statement in enumerate(block)
        if isinstance(statement, ast.stmt) and any(node is place.parent for node in ast.walk(statement))
    ]
    block, index = holders[-1]  # ast.walk goes from the outside in
    block[index:index] = statements


def _variable(pattern: object) -> str | None:
    name = pattern.id if isinstance(pattern, ast.Name) else pattern
    return name if isinstance(name, str) and name.startswith(_VARIABLE) else None


def _is_rest(pattern: object) -> bool:
    inner = pattern.value if isinstance(pattern, ast.Expr) else pattern
    return isinstance(inner, ast.Constant) and inner.value is ...


def _fits(wanted: Any, there: Any, found: _Found) -> bool:
    if name := _variable(wanted):
        node = ast.Name(there) if isinstance(there, str) else there
        known = found.variables.setdefault(name, node)
        return isinstance(node, ast.AST) and ast.unparse(known) == ast.unparse(node)
    if isinstance(wanted, list):
        return isinstance(there, list) and _row_fits(wanted, there, found)
    if isinstance(wanted, ast.AST):
        return type(wanted) is type(there) and all(
            _fits(mine, yours, found) for mine, yours in zip(_parts(wanted), _parts(there), strict=True)
        )
    return type(wanted) is type(there) and bool(wanted == there)


def _row_fits(wanted: list[Any], there: list[Any], found: _Found) -> bool:
    rest = next((number for number, pattern in enumerate(wanted) if _is_rest(pattern)), None)
    if rest is None:
        return len(wanted) == len(there) and all(map(_fits, wanted, there, [found] * len(wanted)))
    end = len(there) - (len(wanted) - rest - 1)
    if end < rest or not _row_fits(wanted[:rest], there[:rest], found):
        return False
    found.rests.append(there[rest:end])
    return _row_fits(wanted[rest + 1 :], there[end:], found)


def _parts(node: ast.AST) -> list[Any]:
    """The fields of a node that mean something; all arguments of a call are one row, so that one `...` is enough."""
    if isinstance(node, ast.Call):
        return [node.func, [*node.args, *node.keywords]]
    return [value for name, value in ast.iter_fields(node) if name not in _WITHOUT_MEANING]


def _filled(put: Any, found: _Found, rests: Iterator[list[ast.AST]]) -> Any:
    """A copy of a pattern, with what its variables and its `...` stand for."""
    if name := _variable(put):
        node = found.variables[name]
        return ast.unparse(node) if isinstance(put, str) else node
    if isinstance(put, list):
        rows = [next(rests) if _is_rest(part) else [_filled(part, found, rests)] for part in put]
        return [node for row in rows for node in row]
    if isinstance(put, ast.Call):
        function, row = (_filled(part, found, rests) for part in _parts(put))
        keywords = [node for node in row if isinstance(node, ast.keyword)]
        return ast.Call(function, [node for node in row if node not in keywords], keywords)
    if isinstance(put, ast.AST):
        return type(put)(**{name: _filled(value, found, rests) for name, value in ast.iter_fields(put)})
    return put
