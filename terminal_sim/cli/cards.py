"""`terminal-sim cards`: the virtual cards by name, with masked numbers."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from terminal_sim.bench import Bench, BenchMisuse, JournalError, ProfileError
from terminal_sim.cli.console import as_user_errors, print_table
from terminal_sim.secret import mask_pan


def run(given: Namespace) -> int:
    with as_user_errors(BenchMisuse, JournalError, ProfileError), Bench() as bench:
        if given.action == "list":
            rows = []
            for name in bench.card_names():
                one = bench.card(name).personality
                rows.append((name, one.brand, mask_pan(one.pan.reveal()), " ".join(_faces(bench, name))))
            print_table("Cards", ("Card", "Brand", "Number", "Ways in"), rows)
        else:
            for label, value in _facts(bench, given.card):
                print(f"{label:14} {value}")
    return 0


def _faces(bench: Bench, name: str) -> Iterator[str]:
    card = bench.card(name)
    for face in ("chip", "contactless", "stripe"):
        if getattr(card, face) is not None:
            yield face


def _facts(bench: Bench, name: str) -> Iterator[tuple[str, str]]:
    one = bench.card(name).personality
    yield "card", name
    yield "brand", one.brand
    yield "number", mask_pan(one.pan.reveal())
    yield "expiry", f"{one.expiry_mmyy[:2]}/{one.expiry_mmyy[2:]}"
    yield "ways in", " ".join(_faces(bench, name))
    for label, secret in (("CVC", one.cvc), ("PIN", one.pin)):
        yield label, f"{len(secret)} digits" if secret is not None else "none"
    yield "in scripts", "${card.pan} ${card.pin} ${card.cvc} ${card.expiry} ${card.last4}"
