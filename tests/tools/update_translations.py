"""Brings the catalogues of translations up to date with the source: `python -m tests.tools.update_translations`.

A new language begins as an empty file, such as `handlers/locales/fr.po`.
"""

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

_ROOT = Path(__file__).parents[2]
_HEADER = """{comment}
msgid ""
msgstr ""
"Language: {language}\\n"
"Plural-Forms: {plurals}\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
_SAY = {"say": None, "say_many": (1, 2)}  # a text, or a text for one and a text for many
CATALOGUES = sorted((_ROOT / "handlers" / "locales").glob("*.po"))


def in_the_source() -> Catalog:
    """Every text that people read in Slack."""
    found = Catalog()
    for folder in ("bot", "handlers"):
        for file, line, text, _, _ in extract_from_dir(_ROOT / folder, [("**.py", "python")], keywords=_SAY):
            found.add(text, locations=[(f"{folder}/{file}", line)])
    return found


def up_to_date(path: Path) -> bytes:
    """What a catalogue's file should hold: every text of the source, each with its translation as far as it has one."""
    with path.open("rb") as source:
        catalogue = read_po(source, locale=path.stem)
    catalogue.update(in_the_source(), no_fuzzy_matching=True, update_creation_date=False)
    header = _HEADER.format(comment=catalogue.header_comment, language=path.stem, plurals=catalogue.plural_forms)
    texts = BytesIO()
    write_po(texts, catalogue, 120, omit_header=True, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    return header.encode() + texts.getvalue()


if __name__ == "__main__":
    for catalogue in CATALOGUES:
        catalogue.write_bytes(up_to_date(catalogue))
