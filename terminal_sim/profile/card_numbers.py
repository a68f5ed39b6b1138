"""A file of card numbers, one a line; blank lines and what follows a `#` say nothing. Its errors name the line and never the number."""

from __future__ import annotations

from pathlib import Path

from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.datafiles.text_file import UnreadableFile, text_of
from terminal_sim.emv.data.card_number import is_luhn_valid
from terminal_sim.emv.data.fields import is_digits
from terminal_sim.secret import Secret


def card_numbers(file: Path) -> frozenset[Secret[str]]:
    """The numbers of the file. Raises `ProfileError` where it cannot be read or a line is no card number."""
    try:
        lines = text_of(file).splitlines()
    except UnreadableFile as wrong:
        where = f":{wrong.line}:1" if wrong.line else ": cannot be read"
        raise ProfileError(f"{file}{where}: {wrong}") from None
    found = set()
    for number, line in enumerate(lines, start=1):
        digits = line.partition("#")[0].replace(" ", "")
        if not digits:
            continue
        if not is_digits(digits) or not 12 <= len(digits) <= 19:
            raise ProfileError(f"{file}:{number}:1: a card number of 12 to 19 digits wanted, one a line")
        if not is_luhn_valid(digits):
            raise ProfileError(f"{file}:{number}:1: the last digit of this card number is wrong (Luhn)")
        found.add(Secret(digits))
    return frozenset(found)
