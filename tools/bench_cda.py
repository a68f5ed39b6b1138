"""A whole chip sale with CDA against its floor: PIN for the issuer, approval online, receipts and a journal on the disk.

1. The floor is that of `bench_floor` with, besides: RSA by bare `powmod` (the scheme's, the issuer's and the card's public keys, and the
   card's two signatures with inverses that are ready), and four writes that are on the disk before the sale goes on: the journal
   before the request leaves and before "Approved", the acquirer's books before its answer, and the card's counter.
2. It leaves out the card, the kernel, flows, screens, the acquirer's rules, and time: no sale can reach 1.
3. Floor and sale are measured in turns, with `pow` and with gmpy2 where it is installed (the extra `fast`).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from unittest.mock import patch

import apsw
import msgspec
from bench_floor import Said, parts_of
from bench_rig import Contest, Figure, contest
from bench_sale import PROFILE, home_again, to_the_reader

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.emv.keys import rsa
from terminal_sim.emv.keys.rsa import PrivateKey, PublicKey
from terminal_sim.journal.chain import StoredRow
from terminal_sim.runtime.trace import Trace

AIM = 2.0
_CARD = "combined"
_FILE = f'extends = "visa-offline"\nid = "{_CARD}"\n[chip]\ncvm = ["online-pin"]\n'
_PIN = "1234"
_COMMITS = 2

Powmod = Callable[[int, int, int], Any]


@dataclass(slots=True)
class _Signed:
    """The operations of RSA of one sale: each public one as base, exponent and modulus, each private one with its key."""

    public: list[tuple[int, int, int]] = field(default_factory=list)
    private: list[tuple[PrivateKey, int]] = field(default_factory=list)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """While this lasts, what RSA is given is kept."""
        opens, signs = PublicKey.apply, PrivateKey.apply

        def opened(key: PublicKey, value: bytes) -> bytes:
            self.public.append((int.from_bytes(value), key.exponent, int.from_bytes(key.modulus)))
            return opens(key, value)

        def signed(key: PrivateKey, value: bytes) -> bytes:
            self.private.append((key, int.from_bytes(value)))
            return signs(key, value)

        with patch.object(PublicKey, "apply", opened), patch.object(PrivateKey, "apply", signed):
            yield


def combined_sales(quick: bool) -> list[Figure]:
    """The sale over its floor, by each way of RSA."""
    ways: dict[str, Powmod] = {"pow": pow}
    if find_spec("gmpy2") is not None:
        ways["gmpy2"] = import_module("gmpy2").powmod
    return [_figure(name, powmod, quick) for name, powmod in ways.items()]


def _figure(name: str, powmod: Powmod, quick: bool) -> Figure:
    with tempfile.TemporaryDirectory() as folder, patch.object(rsa, "powmod", powmod):
        deck = Path(folder, "deck")
        deck.mkdir()
        (deck / f"{_CARD}.toml").write_text(_FILE, encoding="utf-8")
        said, signed = _said(Path(folder, "told"), deck)
        parts = {
            **parts_of(said),
            "RSA": _rsa(signed, powmod),
            "commits": _durable(Path(folder), said.rows),
        }
        with Bench(state=Path(folder, "state"), decks=[deck], trace=False) as bench:
            terminal = bench.add_terminal(PROFILE)

            def floor() -> None:
                for part in parts.values():
                    part()

            runs: dict[str, Callable[[], object]] = {
                "sale": lambda: sale(bench, terminal),
                "floor": floor,
                **parts,
            }
            found = contest(runs, rounds=5 if quick else 21, calls=5)
    return _told(name, found, list(parts), signed)


def _told(name: str, found: Contest, parts: list[str], signed: _Signed) -> Figure:
    ratio, micros = found.ratio("sale", "floor"), found.micros("sale")
    return Figure(
        f"sale with CDA over its floor, by {name}",
        f"{ratio:.2f} times, {1e6 / micros:,.0f} a second",
        f"<= {AIM}",
        ratio <= AIM,
        (
            f"sale {micros:,.0f} us, floor {found.micros('floor'):,.0f} us; left out: card, kernel, flows, screens, host",
            ", ".join(f"{part} {found.micros(part):,.0f}" for part in parts),
            f"RSA: {len(signed.public)} public and {len(signed.private)} private operations",
        ),
    )


def sale(bench: Bench, terminal: TerminalUnderTest) -> None:
    """A sale of 20.00 with the PIN, from the home screen to the home screen."""
    to_the_reader(terminal)
    terminal.insert(_CARD)
    for key in (*_PIN, "OK"):
        if not terminal.press(key):
            raise RuntimeError(f"the PIN was not asked for; the screen was\n{terminal.view().text}")
    home_again(bench, terminal)
    state = terminal.journal(after=terminal.rows_written - 1)[-1].fields["state"]
    if state != "COMPLETED":
        raise RuntimeError(f"the measured sale was {state}")


def _said(state: Path, deck: Path) -> tuple[Said, _Signed]:
    """What the second sale of a terminal says and signs: the first makes what stays."""
    said, signed = Said(), _Signed()
    with Bench(state=state, decks=[deck], trace=Trace(said)) as bench:
        terminal = bench.add_terminal(PROFILE)
        sale(bench, terminal)
        said.frames.clear()
        rows, papers = terminal.rows_written, len(terminal.receipts)
        with said.kept(), signed.kept():
            sale(bench, terminal)
        said.rows = terminal.journal(after=rows)
        said.receipts = [paper.text.splitlines() for paper in terminal.receipts[papers:]]
    return said, signed


def _rsa(signed: _Signed, powmod: Powmod) -> Callable[[], None]:
    ready = []
    for key, number in signed.private:
        p, q = int.from_bytes(key.p.reveal()), int.from_bytes(key.q.reveal())
        exponent = key.public.exponent
        ready.append((number, p, q, pow(exponent, -1, p - 1), pow(exponent, -1, q - 1), pow(q, -1, p)))

    def operations() -> None:
        for base, exponent, modulus in signed.public:
            powmod(base, exponent, modulus)
        for number, p, q, of_p, of_q, inverse in ready:
            first, second = powmod(number % p, of_p, p), powmod(number % q, of_q, q)
            second + (first - second) * inverse % p * q

    return operations


def _durable(folder: Path, rows: list[StoredRow]) -> Callable[[], None]:
    """The rows in two commits that are on the disk, and a line each of the acquirer and of the card."""
    db = apsw.Connection(str(folder / "floor.db"))
    db.execute("pragma journal_mode=wal; pragma synchronous=full")
    db.execute("create table journal (seq integer primary key, fields text, before blob, hash blob)")
    lines = [
        os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600) for name in ("acquirer", "card")
    ]
    half = (len(rows) + 1) // _COMMITS

    def commits() -> None:
        before = bytes(32)
        for first in range(0, len(rows), half):
            with db:
                for row in rows[first : first + half]:
                    fields = msgspec.json.encode(row.fields, order="sorted")
                    digest = sha256(before + fields).digest()
                    db.execute(
                        "insert into journal values (null, ?, ?, ?)", (fields.decode(), before, digest)
                    )
                    before = digest
        for line in lines:
            os.write(line, bytes(200))
            os.fdatasync(line)

    return commits
