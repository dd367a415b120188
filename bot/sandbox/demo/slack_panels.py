"""What is on somebody's screen, as a panel in that person's colour, with every word as the bot rendered it."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.emoji import Emoji
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.sandbox.demo.personas import colour_of
from bot.sandbox.simulator import Channel, Modal, Person, Surface
from bot.sandbox.simulator.people.person import Dialog


def messages(viewer: Person | Channel, place: str, shown: Sequence[Surface]) -> Panel:
    """Messages as they stand in a place, one below the other."""
    words = (_words(message.text_shown.splitlines(), message.buttons, colour_of(viewer)) for message in shown)
    return _panel(viewer, place, Text("\n\n").join(words))


def modal(person: Person, view: Modal) -> Panel:
    """A modal, with what stands in its fields."""
    ends = [view.record.body[end]["text"] for end in ("submit", "close") if end in view.record.body]
    if not view.labels:
        words = _words(view.text_shown.splitlines()[1:], [*view.buttons, *ends], colour_of(person))
        return _panel(person, view.title, words)
    fields = Table.grid(padding=(0, 1))
    for label in view.labels:
        fields.add_row(Text(label, "dim"), Text(_as_read(view.value(label))))
        if complaint := view.errors.get(label):
            fields.add_row("", Text(complaint, "red"))
    return _panel(person, view.title, Group(fields, _words(ends, ends, colour_of(person))))


def question(person: Person, dialog: Dialog) -> Panel:
    """The question that Slack asks before a click counts."""
    ends = [dialog.confirm, dialog.deny]
    return _panel(person, dialog.title, _words([dialog.text, *ends], ends, colour_of(person)))


def _panel(viewer: Person | Channel, place: str, content: RenderableType) -> Panel:
    colour = colour_of(viewer)
    name = f"#{viewer.name}" if isinstance(viewer, Channel) else viewer.name
    title = Text.assemble((name, f"bold {colour}"), (f" · {place}", colour))
    return Panel(content, title=title, title_align="left", border_style=colour, padding=(0, 1))


def _words(lines: Sequence[str], buttons: Sequence[str], colour: str) -> Text:
    return Text("\n").join(_rows(lines, buttons, colour))


def _rows(lines: Sequence[str], buttons: Sequence[str], colour: str) -> Iterator[Text]:
    """What is shown, line by line; buttons that follow each other share a line, as they do in Slack."""
    for are_buttons, group in groupby(lines, buttons.__contains__):
        if are_buttons:
            yield Text("  ").join(Text(f"[ {text} ]", f"bold {colour}") for text in group)
        else:
            yield from (Text(Emoji.replace(line)) for line in group)


def _as_read(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")
