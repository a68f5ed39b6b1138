"""The commands that an issuer makes by name, under secure messaging with the keys of the card that it answers (EMV Book 2, 9; Book 3, 6.5).

| words                            | command                         | data                                              |
|----------------------------------|---------------------------------|---------------------------------------------------|
| `unblock-pin`                    | 84 24 00 00 PIN CHANGE/UNBLOCK  | none                                              |
| `change-pin PIN`                 | 84 24 00 02 PIN CHANGE/UNBLOCK  | the new PIN, enciphered as its scheme has it      |
| `change-pin-by-old OLD PIN`      | 84 24 00 01 PIN CHANGE/UNBLOCK  | the same, with the old PIN mixed in (Visa)        |
| `block-application`              | 84 1E 00 00 APPLICATION BLOCK   | none                                              |
| `unblock-application`            | 84 18 00 00 APPLICATION UNBLOCK | none                                              |
| `block-card`                     | 84 16 00 00 CARD BLOCK          | none                                              |
| `put-data TAG VALUE`             | 84 DA, the tag, PUT DATA        | the value                                         |
| `update-record SFI NUMBER VALUE` | 84 DC, UPDATE RECORD            | the record                                        |

A MAC of 8 bytes follows the data of each.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from msgspec import Struct, structs

from terminal_sim.emv.data.fields import is_digits
from terminal_sim.secret import Secret

if TYPE_CHECKING:
    from terminal_sim.emv.keys.secure_messaging import ScriptSession

_HEX: Final = re.compile(r"(?:[0-9A-F]{2})+", re.ASCII)
_LONGEST: Final = 200  # bytes of a value: with its header, MAC and script it fits into an answer's DE 55


class SecuredCommand(Struct, frozen=True, kw_only=True):
    """A command before it is secured: CLA, INS, P1, P2 as `head`, its `data` in clear, or the new `pin` and maybe the `old_pin`; `words` are those of `host sends`."""

    words: tuple[Secret[str], ...] = ()
    head: bytes
    data: bytes = b""
    pin: Secret[str] | None = None
    old_pin: Secret[str] | None = None

    def __str__(self) -> str:
        return " ".join(word.reveal() for word in self.words)


class CommandSecuring:
    """Secures the commands of one answer in their order, since each goes into the keys or the MAC of the next one (EMV Book 2, 9.2.3).

    `card` is the card's key for cryptograms, of which Visa's new PINs are made.
    """

    def __init__(self, session: ScriptSession, card: Secret[bytes]) -> None:
        self._session = session
        self._card = card
        self._number = 0
        self._chain = b""

    def secured(self, command: SecuredCommand) -> bytes:
        """The C-APDU of the next command."""
        from terminal_sim.emv.keys.secure_messaging import MAC_BYTES  # only a script needs ciphers

        data = command.data
        if command.pin is not None:
            data = self._session.encipher(self._number, self._pin_data(command.pin, command.old_pin).reveal())
        header = command.head + bytes((len(data) + MAC_BYTES,))
        self._chain = self._session.mac_of(self._number, header, data, self._chain)
        self._number += 1
        return header + data + self._chain

    def _pin_data(self, pin: Secret[str], old_pin: Secret[str] | None) -> Secret[bytes]:
        from terminal_sim.emv.keys import pinblock
        from terminal_sim.emv.keys.secure_messaging import Messaging, visa_pin_data

        if self._session.style in (Messaging.VISA, Messaging.VISA_SESSION):
            return visa_pin_data(pin, self._card, old_pin)
        return pinblock.format2(pin)


def parse(words: Sequence[str]) -> SecuredCommand | None:
    """The command of these words; None where the first is no name of one. Raises `ValueError` that says what belongs behind the name."""
    if not words or words[0] not in _TABLE:
        return None
    form, make = _TABLE[words[0]]
    given = tuple(words[1:])
    if len(given) != len(form.split()) - 1:
        raise ValueError(f"{' '.join(words)!r} is no command for a card: write {form}")
    try:
        made = make(*given)
    except ValueError as wrong:
        raise ValueError(f"{form}: {wrong}") from None
    return structs.replace(made, words=tuple(map(Secret, words)))


def _plain(head: str) -> Callable[[], SecuredCommand]:
    return lambda: SecuredCommand(head=bytes.fromhex(head))


def _change_pin(pin: str) -> SecuredCommand:
    return SecuredCommand(head=bytes.fromhex("84240002"), pin=_pin(pin))


def _change_pin_by_old(old: str, pin: str) -> SecuredCommand:
    return SecuredCommand(head=bytes.fromhex("84240001"), pin=_pin(pin), old_pin=_pin(old))


def _pin(text: str) -> Secret[str]:
    from terminal_sim.emv.keys import pinblock

    if not is_digits(text) or not pinblock.SHORTEST <= len(text) <= pinblock.LONGEST:
        raise ValueError(f"a PIN has {pinblock.SHORTEST} to {pinblock.LONGEST} digits")
    return Secret(text)


def _put_data(tag: str, value: str) -> SecuredCommand:
    if not _HEX.fullmatch(tag.upper()) or len(tag) not in (2, 4):
        raise ValueError(f"{tag!r} is no tag of one or two bytes, such as 9F14")
    return SecuredCommand(head=bytes.fromhex("84DA" + tag.zfill(4)), data=_value(value))


def _update_record(sfi: str, number: str, value: str) -> SecuredCommand:
    if not is_digits(sfi) or not 1 <= int(sfi) <= 30:
        raise ValueError(f"{sfi!r} is no short file identifier: 1 to 30")
    if not is_digits(number) or not 1 <= int(number) <= 255:
        raise ValueError(f"{number!r} is no number of a record: 1 to 255")
    return SecuredCommand(head=bytes((0x84, 0xDC, int(number), int(sfi) << 3 | 0x04)), data=_value(value))


def _value(text: str) -> bytes:
    if not _HEX.fullmatch(text.upper()) or len(text) // 2 > _LONGEST:
        raise ValueError(f"{text!r} is no value: 1 to {_LONGEST} bytes as hex digits")
    return bytes.fromhex(text)


_TABLE: Final[dict[str, tuple[str, Callable[..., SecuredCommand]]]] = {
    form.split()[0]: (form, make)
    for form, make in (
        ("unblock-pin", _plain("84240000")),
        ("change-pin PIN", _change_pin),
        ("change-pin-by-old OLD PIN", _change_pin_by_old),
        ("block-application", _plain("841E0000")),
        ("unblock-application", _plain("84180000")),
        ("block-card", _plain("84160000")),
        ("put-data TAG VALUE", _put_data),
        ("update-record SFI NUMBER VALUE", _update_record),
    )
}
NAMES: Final = tuple(_TABLE)
"""The names of the commands, in the order of the table."""
