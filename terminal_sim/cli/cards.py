"""`terminal-sim cards`: the virtual cards by name, what each is for and how a sale with it ends, with masked numbers."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from terminal_sim.bench import Bench, BenchMisuse, JournalError, ProfileError
from terminal_sim.cli.console import as_user_errors, print_table
from terminal_sim.secret import mask_pan

_FACES = ("chip", "contactless", "stripe")


def run(given: Namespace) -> int:
    with as_user_errors(BenchMisuse, JournalError, ProfileError):
        if given.action == "matrix":
            _print_matrix(given)
            return 0
        with Bench() as bench:
            if given.action == "list":
                print_table(
                    "Cards", ("Card", "Number", *_FACES, "What it is for"), _rows(bench, given.language)
                )
            else:
                for label, value in _facts(bench, given.card):
                    print(f"{label:14} {value}")
    return 0


def _rows(bench: Bench, language: str) -> list[tuple[str, ...]]:
    """The table of docs/cards.md, with numbers; a face that the card has not is a dash."""
    rows = []
    for name in bench.card_names():
        one = bench.card(name).personality
        ends = (getattr(one.expected, face) or "-" for face in _FACES)
        purpose = getattr(one.purpose, language) if one.purpose is not None else one.name
        rows.append((name, mask_pan(one.pan.reveal()), *ends, purpose))
    return rows


def _print_matrix(given: Namespace) -> None:
    from terminal_sim.explore.sale import WAYS_IN, SaleRunner, sales
    from terminal_sim.explore.sale_matrix import matrix

    runner = SaleRunner()
    with Bench(trace=False, texts=runner.texts) as bench:
        cards = tuple(given.card or bench.card_names())
    asked = sales(
        profiles=tuple(given.profile or ["v400m"]),
        cards=cards,
        ways=tuple(given.way) or WAYS_IN,
        locales=tuple(given.locale or ["en-CA"]),
        answers=("", *given.answer),
        online=(True, False) if given.offline else (True,),
        kernel=given.kernel,
        runner=runner,
    )
    made = matrix(asked, runner)
    print_table("Sales of 12.50", made.columns, made.rows)


def _facts(bench: Bench, name: str) -> Iterator[tuple[str, str]]:
    card = bench.card(name)
    one = card.personality
    yield "card", name
    if one.purpose is not None:
        yield "what it is for", one.purpose.en
    yield "brand", one.brand
    yield "number", mask_pan(one.pan.reveal())
    yield "expiry", f"{one.expiry_mmyy[:2]}/{one.expiry_mmyy[2:]}"
    yield "ways in", " ".join(face for face in _FACES if getattr(card, face) is not None)
    for label, secret in (("CVC", one.cvc), ("PIN", one.pin)):
        yield label, f"{len(secret)} digits" if secret is not None else "none"
    yield "in scripts", "${card.pan} ${card.pin} ${card.cvc} ${card.expiry} ${card.last4}"
