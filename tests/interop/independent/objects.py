"""What a card sends, read by a public TLV library and held to the forms of EMV Book 3."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from ber_tlv.tlv import Tlv

Transmit = Callable[[bytes], bytes]
Objects = list[tuple[int, bytes]]

OK: Final = 0x9000


class CardFault(AssertionError):
    """The card broke a rule of the books, or answered a command with another status word than 9000 (`sw`)."""

    def __init__(self, what: str, sw: int = 0) -> None:
        super().__init__(what)
        self.sw = sw


def demand(holds: bool, what: str) -> None:
    """Raises `CardFault` where a rule does not hold."""
    if not holds:
        raise CardFault(what)


def ask(transmit: Transmit, command: str | bytes) -> bytes:
    """The data of an answer that must be 9000."""
    data, sw = exchange(transmit, command)
    if sw != OK:
        raise CardFault(f"the card answers {sw:04X}", sw)
    return data


def exchange(transmit: Transmit, command: str | bytes) -> tuple[bytes, int]:
    """Data and status word; 61xx and 6Cxx of T=0 are followed up as the transport layer of a terminal does (Book 1, 9.3.1)."""
    apdu = command if isinstance(command, bytes) else bytes.fromhex(command)
    answer = transmit(apdu)
    if answer[-2] == 0x6C:
        answer = transmit(apdu[:4] + answer[-1:])
    data = b""
    while answer[-2] == 0x61:
        data += answer[:-2]
        answer = transmit(b"\x00\xc0\x00\x00" + answer[-1:])
    demand(len(data + answer) <= 258, "an answer has more than 256 bytes")
    return data + answer[:-2], int.from_bytes(answer[-2:])


def case_4(header: str, data: bytes) -> bytes:
    """A command with data and an answer: CLA INS P1 P2, Lc, data, Le 00."""
    return bytes.fromhex(header) + bytes((len(data),)) + data + b"\x00"


def flat(data: bytes) -> Objects:
    """The objects at the top of `data`, which must be nothing but BER-TLV."""
    found: Objects = Tlv.parse(data, recursive=False)
    demand(Tlv.build(found) == data, "the objects are not BER-TLV in its shortest form")
    return found


def one(data: bytes, tag: int) -> bytes:
    """The value of the one template that `data` is."""
    found = flat(data)
    demand(len(found) == 1 and found[0][0] == tag, f"the answer is no template {tag:X}")
    return found[0][1]


def once(found: Objects) -> dict[int, bytes]:
    """The objects by tag, each of which may come once."""
    tags = [tag for tag, _ in found]
    demand(len(set(tags)) == len(tags), "an object comes twice")
    return dict(found)


def entries(dol: bytes) -> Iterator[tuple[int, int]]:
    """Tag and length of each entry of a data object list (Book 3, 5.4)."""
    at = 0
    while at < len(dol):
        end = at + 1
        if dol[at] & 0x1F == 0x1F:
            while dol[end] & 0x80:
                end += 1
            end += 1
        demand(end < len(dol), "a data object list ends within an entry")
        yield int.from_bytes(dol[at:end]), dol[end]
        at = end + 1


def filled(dol: bytes, values: dict[int, bytes]) -> bytes:
    """The values for a list; what the terminal does not know is zeros. All that virtual cards ask for has the length of the books."""
    made = b""
    for tag, length in entries(dol):
        value = values.get(tag, bytes(length))
        demand(len(value) == length, f"{tag:X} is asked for with {length} bytes")
        made += value
    demand(len(made) <= 252, "a list asks for more than a command carries")
    return made
