"""Issuer scripts, as `host sends` words them: what the issuer has a chip card do once it has answered (EMV Book 3, 10.10).

Rules:
1. Each `host sends` is one script: the template 71 (run before the final GENERATE AC) or 72 (after it), within it an identifier (9F18, 4 bytes)
   and its commands, each in a tag 86. Without a template it is 72.
2. The scripts go into the next answer to a chip card, in their order; what does not fit into its DE 55 waits for the answer after it.

| words                     | script                                                                      |
|---------------------------|-----------------------------------------------------------------------------|
| `HEX...`                  | these commands, each as it is, in a 72                                      |
| `NAME ...`                | a command that the issuer makes under secure messaging (`script_commands`)  |
| `71 ...`, `72 ...`        | the same in that template                                                   |
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data import qualifiers, tags, tlv
from terminal_sim.emv.keys import issuer_data
from terminal_sim.emv.keys.issuer_data import IssuerData
from terminal_sim.host import script_commands
from terminal_sim.host.cryptograms import objects_of
from terminal_sim.host.script_commands import CommandSecuring, SecuredCommand

_TEMPLATES: Final = {"71": tags.SCRIPT_BEFORE, "72": tags.SCRIPT_AFTER}
_COMMAND: Final = re.compile(r"([0-9A-F]{2}){4,261}", re.ASCII)  # C-APDU of short form: header to Le
_RESULT: Final = 5  # bytes of a result in 9F5B: how it ended, and the script's identifier (EMV Book 4, A5)
_SUCCESSFUL: Final = 0x20
LONGEST_ICC_DATA: Final = 255  # bytes of DE 55
_ROOM: Final = LONGEST_ICC_DATA - 18  # what the longest issuer authentication data (91) leave
EXAMPLE: Final = "72 841E000008A1B2C3D4E5F60718"


class IssuerScript(Struct, frozen=True, kw_only=True):
    """One script: its `template` (tag 71 or 72), and `commands` as they are, C-APDUs in their order, or one that is to be `secured`."""

    template: int
    commands: tuple[bytes, ...] = ()
    secured: SecuredCommand | None = None

    def __str__(self) -> str:
        """As `parse` reads it."""
        said = (
            [str(self.secured)] if self.secured is not None else [one.hex().upper() for one in self.commands]
        )
        return " ".join((f"{self.template:X}", *said))

    @staticmethod
    def parse(words: Sequence[str]) -> IssuerScript:
        """Raises `ValueError` that names the word that is wrong and shows what may stand there."""
        template, commands = tags.SCRIPT_AFTER, list(words)
        if commands and commands[0] in _TEMPLATES:
            template = _TEMPLATES[commands.pop(0)]
        if not commands:
            raise ValueError(f"a script has a command: write {EXAMPLE}")
        if (secured := script_commands.parse(commands)) is not None:
            return IssuerScript(template=template, secured=secured)
        for word in commands:
            if not _COMMAND.fullmatch(word.upper()):
                names = ", ".join(script_commands.NAMES)
                raise ValueError(
                    f"{word!r} is no command for a card: write its hex digits, such as {EXAMPLE}, or {names}"
                )
        script = IssuerScript(template=template, commands=tuple(map(bytes.fromhex, commands)))
        if (length := len(script.encoded(0, script.commands))) > _ROOM:
            raise ValueError(
                f"a script of {length} bytes does not fit into an answer, which has room for {_ROOM}"
            )
        return script

    def encoded(self, identifier: int, commands: Sequence[bytes]) -> bytes:
        """The template with its identifier and `commands` as BER-TLV."""
        parts = tlv.encode(tags.SCRIPT_IDENTIFIER, identifier.to_bytes(4))
        return tlv.encode(
            self.template, parts + b"".join(tlv.encode(tags.SCRIPT_COMMAND, one) for one in commands)
        )


def scripts_in(icc_data: bytes) -> str:
    """The scripts of an answer's DE 55 in the words of `host sends`, for the host's log; empty where there are none."""
    found = []
    for tag, value in _objects(icc_data):
        if tag in _TEMPLATES.values():
            commands = tuple(each for within, each in _objects(value) if within == tags.SCRIPT_COMMAND)
            found.append(str(IssuerScript(template=tag, commands=commands)))
    return ", ".join(found)


def results_in(icc_data: bytes) -> str:
    """The results of scripts (9F5B) in a request's DE 55, as hex digits: five bytes for each script (EMV Book 4, A5)."""
    return _element(icc_data, tags.SCRIPT_RESULTS).hex().upper()


def is_taken(icc_data: bytes, identifier: int, *, asks: bool) -> bool | None:
    """Whether the card took the script `identifier`, by the terminal's results (9F5B), else, in a message that `asks` for a decision, by
    the card's own word (9F10) of the scripts that it got last; None where neither speaks of it.
    """
    results = bytes.fromhex(results_in(icc_data))
    for at in range(0, len(results) - 4, _RESULT):
        if int.from_bytes(results[at + 1 : at + _RESULT]) == identifier:
            return results[at] & 0xF0 == _SUCCESSFUL
    said = _said_by_card(icc_data) if asks else None
    return None if said is None or not said.scripts else not said.script_failed


def has_second_tap(icc_data: bytes) -> bool:
    """Whether a request's DE 55 says that terminal (9F66) and card (9F6C) support scripts at a second tap (EMV Book C-3)."""
    terminal, card = _element(icc_data, tags.TTQ)[2:3], _element(icc_data, tags.CTQ)[1:2]
    return bool(
        terminal
        and card
        and terminal[0] & qualifiers.TTQ3_ISSUER_UPDATE
        and card[0] & qualifiers.CTQ2_ISSUER_UPDATE
    )


def told_by_card(icc_data: bytes) -> str:
    """What the card says in 9F10 of the script commands that it got last: how many, and whether one failed; empty for none."""
    said = _said_by_card(icc_data)
    if said is None:
        return ""
    return f"{said.scripts}, failed" if said.script_failed else str(said.scripts or "")


def _said_by_card(icc_data: bytes) -> IssuerData | None:
    try:
        return issuer_data.parse(_element(icc_data, tags.ISSUER_APPLICATION_DATA))
    except tlv.TlvError:
        return None


def _element(icc_data: bytes, tag: int) -> bytes:
    """A data object of DE 55; empty where there is none."""
    return (objects_of(icc_data) or {}).get(tag, b"")


def _objects(data: bytes) -> list[tuple[int, bytes]]:
    """The data objects of DE 55 or of a script in it, of which one tag may come again; none where it is no BER-TLV."""
    try:
        return tlv.split(data)
    except tlv.TlvError:
        return []


def fitting(
    scripts: Sequence[IssuerScript], room: int, identifier: int, securing: CommandSecuring | None
) -> tuple[int, bytes]:
    """How many of `scripts` fit into `room` bytes, from the first on, and these as BER-TLV; their identifiers count up from `identifier`.

    Without `securing`, which has the keys of the card, a command that is to be secured waits for a card whose keys the issuer knows.
    """
    encoded = b""
    for count, script in enumerate(scripts):
        if script.secured is None:
            commands = script.commands
        elif securing is not None:
            commands = (securing.secured(script.secured),)
        else:
            return count, encoded
        one = script.encoded(identifier + count, commands)
        if len(encoded) + len(one) > room:
            return count, encoded
        encoded += one
    return len(scripts), encoded
