"""A sale against its floor: the operations that nobody can leave out, called straight on what one sale said and wrote.

1. The floor is ISO 8583 by pyiso8583 at both ends, every reader frame by struct with its check byte at both ends, DES with new
   contexts for new keys, TLV of what the card answers, the commits in memory with their hashes, and the receipts as strings.
2. It leaves out the card, the kernel, the terminal's screens and flows, the acquirer's rules, and time: no sale can reach 1.
3. Floor and sale are measured in turns.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from hashlib import sha256
from operator import xor
from typing import Any, Literal
from unittest.mock import patch

import apsw
import iso8583
import msgspec
from bench_rig import Figure, contest
from bench_sale import PROFILE, sale
from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.modes import ECB

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.cards.system.chip import ChipCard
from terminal_sim.cards.system.contactless import ContactlessCard
from terminal_sim.emv.data.tlv import primitives
from terminal_sim.emv.keys import tdes
from terminal_sim.emv.keys.tdes import MacPadding, padded
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.iso8583.load import load_dialect
from terminal_sim.journal.chain import StoredRow
from terminal_sim.runtime.contents import ReaderFrame
from terminal_sim.runtime.trace import Trace, TraceEntry

FLOOR_AIMS = {"insert": 4.0, "tap": 4.5, "swipe": 4.5}
_TITLES = {"insert": "chip", "tap": "contactless", "swipe": "swipe"}
_FRAME = struct.Struct("<BIBBBH")  # the head of a CCID message

How = Literal["insert", "tap", "swipe"]


@dataclass(slots=True)
class Said:
    """What one sale said on its lines and wrote."""

    wants_frames = True
    wants_bytes = False
    messages: list[bytes] = field(default_factory=list)
    frames: list[int] = field(default_factory=list)  # the lengths of their payload
    answers: list[bytes] = field(default_factory=list)  # of the card, without status word
    keys: list[bytes] = field(default_factory=list)  # those of new contexts
    blocks: list[bytes] = field(default_factory=list)
    rows: list[StoredRow] = field(default_factory=list)
    receipts: list[list[str]] = field(default_factory=list)

    def take(self, entry: TraceEntry) -> None:
        if isinstance(entry.content, ReaderFrame):
            self.frames.append(entry.content.length)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """While this lasts, what acquirer, cards and ciphers are given is kept."""
        decide, encrypt, mac, keyed = Acquirer.decide, tdes.encrypt, tdes.retail_mac, tdes._keyed

        def deciding(acquirer: Acquirer, message: bytes) -> Any:
            answer = decide(acquirer, message)
            self.messages += [each for each in (message, answer.reply) if each]
            return answer

        def answering(card: type[ChipCard | ContactlessCard]) -> Callable[[Any, bytes], bytes]:
            transmit: Callable[[Any, bytes], bytes] = card.transmit

            def answered(face: Any, apdu: bytes) -> bytes:
                found = transmit(face, apdu)
                self.answers.append(found[:-2])
                return found

            return answered

        def made(key: bytes, *, chained: bool = False) -> Cipher[Any]:
            self.keys.append(bytes(tdes.cipher(key).key))
            return keyed(key, chained=chained)

        def encrypted(key: bytes, blocks: bytes) -> bytes:
            self.blocks.append(blocks)
            return encrypt(key, blocks)

        def signed(key: bytes, message: bytes, padding: MacPadding = MacPadding.ONE_AND_ZEROS) -> bytes:
            filled = padded(message, padding)
            self.blocks += [filled[at : at + 8] for at in range(0, len(filled), 8)]
            return mac(key, message, padding)

        with (
            patch.object(Acquirer, "decide", deciding),
            patch.object(ChipCard, "transmit", answering(ChipCard)),
            patch.object(ContactlessCard, "transmit", answering(ContactlessCard)),
            patch.object(tdes, "_keyed", made),
            patch.object(tdes, "encrypt", encrypted),
            patch.object(tdes, "retail_mac", signed),
        ):
            yield


def floors(quick: bool) -> list[Figure]:
    """Each kind of sale in turns with its floor."""
    return [*(_figure(how, quick) for how in ("insert", "tap", "swipe")), *_elements(quick)]


def _elements(quick: bool) -> list[Figure]:
    """The TLV of a chip sale, and straight; and the acquirer with its books on the request of the sale."""
    said = heard("insert")
    with Bench(trace=False) as bench:
        bench.card("visa-credit")
        request = said.messages[0]
        runs: dict[str, Callable[[], object]] = {
            "acquirer": lambda: bench.acquirer.respond(request),
            "read": parts_of(said)["TLV"],
            "tlv": lambda: [primitives(answer) for answer in said.answers if answer[:1] != b"\x80"],
        }
        found = contest(runs, rounds=7 if quick else 31, calls=20)
    return [
        Figure(
            "TLV of a chip sale's answers",
            f"{found.micros('tlv'):.0f} us, {found.ratio('tlv', 'read'):.2f} times straight",
            "",
            None,
            (f"the acquirer answers a repeated request in {found.micros('acquirer'):.0f} us",),
        ),
    ]


def _figure(how: How, quick: bool) -> Figure:
    said = heard(how)
    with Bench(trace=False) as bench:
        terminal = bench.add_terminal(PROFILE)
        parts = parts_of(said)

        def floor() -> None:
            for part in parts.values():
                part()

        runs: dict[str, Callable[[], object]] = {
            "sale": lambda: sale(bench, terminal, how),
            "floor": floor,
            **parts,
        }
        found = contest(runs, rounds=7 if quick else 31, calls=5)
    ratio, aim = found.ratio("sale", "floor"), FLOOR_AIMS[how]
    return Figure(
        f"{_TITLES[how]} sale over its floor",
        f"{ratio:.1f} times",
        f"<= {aim}",
        ratio <= aim,
        (
            f"sale {found.micros('sale'):,.0f} us, floor {found.micros('floor'):,.0f} us; left out: card, kernel, flows, screens, host",
            ", ".join(f"{name} {found.micros(name):,.0f}" for name in parts),
        ),
    )


def heard(how: How) -> Said:
    """What the second sale of a terminal says: the first opens accounts and makes keys that stay."""
    said = Said()
    with Bench(trace=Trace(said)) as bench:
        terminal: TerminalUnderTest = bench.add_terminal(PROFILE)
        sale(bench, terminal, how)
        said.frames.clear()
        rows, papers = terminal.rows_written, len(terminal.receipts)
        with said.kept():
            sale(bench, terminal, how)
        said.rows = terminal.journal(after=rows)
        said.receipts = [paper.text.splitlines() for paper in terminal.receipts[papers:]]
    return said


def parts_of(said: Said) -> dict[str, Callable[[], None]]:
    """The operations of the floor, by what they are."""
    spec = load_dialect().wire.library_specification
    decoded = [iso8583.decode(message, spec)[0] for message in said.messages]
    payloads = [bytes(length) for length in said.frames]
    texts = [tuple(line.partition("  ")[::2]) for paper in said.receipts for line in paper]
    db = apsw.Connection(":memory:")
    db.execute("create table journal (seq integer primary key, fields text, before blob, hash blob)")
    known = Cipher(TripleDES(bytes(range(24))), ECB()).encryptor()

    def messages() -> None:
        for message, fields in zip(said.messages, decoded, strict=True):
            iso8583.encode(dict(fields), spec)
            iso8583.decode(message, spec)

    def frames() -> None:
        for payload in payloads:
            head = _FRAME.pack(0x6F, len(payload), 0, 1, 0, 0) + payload
            sent = b"\x03\x06" + head + bytes((reduce(xor, head, 5),))
            kind, length, *_ = _FRAME.unpack_from(sent, 2)
            if reduce(xor, sent) or sent[12 : 12 + length] != payload or kind != 0x6F:
                raise RuntimeError("a frame was damaged")

    def ciphers() -> None:
        for key in said.keys:
            Cipher(TripleDES(key), ECB()).encryptor()
        for block in said.blocks:
            known.update(block)

    def elements() -> None:
        for answer in said.answers:
            _read(answer)

    def commits() -> None:
        before = bytes(32)
        for row in said.rows:
            fields = msgspec.json.encode(row.fields, order="sorted")
            digest = sha256(before + fields).digest()
            db.execute("insert into journal values (null, ?, ?, ?)", (fields.decode(), before, digest))
            before = digest

    def receipts() -> None:
        "\n".join(f"{left:<20}{right:>20}" for left, right in texts)

    return {
        "ISO 8583": messages,
        "frames": frames,
        "DES": ciphers,
        "TLV": elements,
        "commits": commits,
        "receipts": receipts,
    }


def _read(data: bytes) -> list[tuple[bytes, bytes]]:
    """The primitive elements of BER-TLV that is known to be sound."""
    found, at = [], 0
    while at < len(data):
        start = at
        at += 1
        if data[start] & 0x1F == 0x1F:
            while data[at] & 0x80:
                at += 1
            at += 1
        tag = data[start:at]
        size = data[at]
        at += 1
        if size & 0x80:
            more = size & 0x7F
            size = int.from_bytes(data[at : at + more])
            at += more
        value = data[at : at + size]
        at += size
        if data[start] & 0x20:
            found += _read(value)
        else:
            found.append((tag, value))
    return found
