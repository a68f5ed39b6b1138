"""Bytes of the acquirer and of files: ISO 8583 messages, cards, profiles, scripts, journals; and the addresses of readers that people write."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from terminal_drivers.base import Misuse
from terminal_drivers.wiring.address import parse_address
from terminal_sim.cards import catalogue
from terminal_sim.cards.profile.card_file import load as load_card
from terminal_sim.core.rows.schema import FlatRow
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.datafiles.sources import ProfileError
from terminal_sim.emv.data import track
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.host.dialect import MessageError
from terminal_sim.journal.errors import JournalError
from terminal_sim.journal.store import Journal
from terminal_sim.profile.load import load as load_profile
from terminal_sim.script.parse import parse_step, parse_text
from terminal_sim.script.selection import selection
from terminal_sim.script.tree import ScriptError
from terminal_sim.secret import Secret
from terminal_sim.verbs.waiting import BadScript
from tests.fuzz.target import Target, scratch
from tests.host.samples import (
    MOTO,
    SALE,
    acquirer,
    decode_reply,
    decode_request,
    encode_reply,
    encode_request,
)

SCRIPTS = Path(__file__).parents[1] / "scripts"


def request(data: bytes) -> None:
    read = decode_request(data)
    assert decode_request(encode_request(read)) == read


def reply(data: bytes) -> None:
    read = decode_reply(data)
    assert decode_reply(encode_reply(read)) == read


def script(data: bytes) -> None:
    """What cannot be read is among the problems of the script, and every problem can be shown."""
    read = parse_text(data.decode("utf-8", "replace"), Path("fuzz.keys"))
    for problem in read.problems:
        assert 1 <= problem.line <= max(1, len(read.lines))
        assert str(problem)


def step(data: bytes) -> None:
    parse_step(data.decode("utf-8", "replace"), Path("fuzz.keys"))


def expression(data: bytes) -> None:
    assert selection(data.decode("utf-8", "replace"))(["a sale"], ["@slow"]) in (True, False)


@cache
def _journal() -> tuple[Path, bytes]:
    """A path to write, and the bytes of a sound journal."""
    path = scratch() / "journal.db"
    with Journal(path) as journal:
        for at in range(3):
            journal.append("a", 1, at, at, [FlatRow("sale", {"reference": f"R{at}", "amount": 1000})])
    return path, path.read_bytes()


def journal(data: bytes) -> None:
    """A sound journal with bytes changed: each three of `data` are a place of two bytes and what stands there."""
    path, good = _journal()
    changed = bytearray(good)
    for at in range(0, len(data) - 2, 3):
        changed[int.from_bytes(data[at : at + 2]) % len(good)] = data[at + 2]
    for other in ("-wal", "-shm"):
        path.with_name(path.name + other).unlink(missing_ok=True)
    path.write_bytes(changed)
    with Journal(path) as opened:
        for terminal in opened.terminals():
            assert len(list(opened.rows(terminal))) <= 3


def _reply_seed() -> str:
    answer = acquirer().respond(encode_request(SALE))
    return (answer.reply or b"").hex()


WORDS = tuple(path.read_bytes().hex() for path in sorted(SCRIPTS.glob("*.keys"))[:2])


def card_file(data: bytes) -> None:
    """A file that is taken makes a card whose every face answers."""
    path = scratch() / "fuzz.toml"
    path.write_bytes(data)
    made = catalogue.make(load_card(path, bundled() / "cards"), IssuerKeys(Secret(bytes(16))))
    for face in (made.chip, made.contactless):
        if face is not None:
            face.reset()
            face.transmit(bytes.fromhex("00A404000E325041592E5359532E444446303100"))
    tracks = made.personality.tracks()
    assert tracks is None or track.parse(tracks).pan == made.personality.pan


def profile_file(data: bytes) -> None:
    path = scratch() / "fuzz.toml"
    path.write_bytes(data)
    assert load_profile(path).id


def reader_address(data: bytes) -> None:
    address = parse_address(data.decode("utf-8", "replace"))
    if address.transport == "tcp":
        assert 0 < address.endpoint()[1] <= 0xFFFF
    elif address.transport in ("usb", "hid"):
        assert max(address.device()) <= 0xFFFF


ADDRESSES = (
    "ccid+serial:///dev/ttyUSB0?baud=9600&variant=built-in",
    "msr+tcp://[::1]:4001?beyond=loopback",
    "vivotech+hid://0acd:3530",
    "pcsc:ACS",
)

CARD_FILES = tuple(
    (bundled() / "cards" / f"{name}.toml").read_bytes().hex() for name in ("visa-credit", "mastercard-pin")
)
PROFILES = ((bundled() / "variants" / "v400m-offline.toml").read_bytes().hex(),)

TARGETS = (
    Target("ISO 8583 request", request, (MessageError,), (encode_request(SALE).hex(), encode_request(MOTO).hex())),
    Target("ISO 8583 reply", reply, (MessageError,), (_reply_seed(),)),
    Target("script", script, (), WORDS),
    Target("script step", step, (ScriptError,), (b'press "12" OK  # pay'.hex(), b"expect screen amount=${x} within 5s".hex())),
    Target("selection", expression, (BadScript,), (b'sale and not (@slow or "a sale")'.hex(),)),
    Target("reader address", reader_address, (Misuse,), tuple(each.encode().hex() for each in ADDRESSES)),
    Target("card file", card_file, (ProfileError,), CARD_FILES),
    Target("profile file", profile_file, (ProfileError,), PROFILES),
    Target("journal", journal, (JournalError,), ("000000", "006307", "0F0000")),
)  # fmt: skip
