"""Writes the table of docs/cards.md from the files of the cards. `--check` only says whether it is as written."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "drivers")]  # a clone writes its own book

from terminal_sim.cards import catalogue  # noqa: E402
from terminal_sim.cards.profile import card_file  # noqa: E402

PAGE = ROOT / "docs" / "cards.md"
BEGIN, END = (
    "<!-- The table is written by tools/cards_book.py from profiles/cards: change these. -->",
    "<!-- end -->",
)
FACES = ("chip", "contactless", "stripe")


def table() -> str:
    """A row for each bundled card."""
    rows: list[tuple[str, ...]] = [("card", "what it is for", *FACES), ("---",) * 5]
    for name in catalogue.names():
        one = card_file.load(ROOT / "profiles" / "cards" / f"{name}.toml")
        purpose = one.purpose.en if one.purpose is not None else ""
        ends = (getattr(one.expected, face) or " " for face in FACES)
        rows.append((f"`{name}`", purpose.rstrip("."), *ends))
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def page() -> str:
    """The page with its table as the files have it."""
    text = PAGE.read_text("utf-8")
    head, _, rest = text.partition(BEGIN)
    return f"{head}{BEGIN}\n\n{table()}\n\n{END}{rest.partition(END)[2]}"


def main() -> int:
    written = page()
    if sys.argv[1:] == ["--check"]:
        return 0 if PAGE.read_text("utf-8") == written else 1
    PAGE.write_text(written, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
