"""Rules of wordings: each text stands in the words of its id, in the language of its screen or paper."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache

from terminal_sim.bench import Role, View, contents
from terminal_sim.oracles.facts import SessionFacts
from terminal_sim.oracles.occurrence import Occurrence
from terminal_sim.oracles.oracle import oracle

_PLACE = re.compile(r"\{[^}]*\}")
# Wordings that say a state, or values beside one another, in the place of the wording of what they are about.
_COMPOSED = ("state-", "kind-and-state", "batch-comes-to")
# Wordings that are the same in English and in French.
_IN_COMMON = frozenset((
    "transactions", "history-transactions", "transaction", "cvc", "clearpay", "marked", "batch-net", "status-page",
    "receipt-ticket", "receipt-date", "receipt-application", "receipt-aid", "receipt-terminal", "receipt-type", "receipt-total", "receipt-signature",
    "report-terminal", "report-type", "report-ticket", "report-net", "report-code",
))  # fmt: skip


_GROUPS = (
    ("approved", "accepted-offline", "declined", "cancelled", "timed-out", "no-connection", "card-removed", "card-error", "not-accepted"),
    ("remove-card", "insert-instead", "swipe-instead", "clearpay-tap"),
    ("confirm", "cancel"), ("yes", "no"), ("print", "no-receipt"), ("allow", "allow-not"), ("sign-in", "sign-out", "switch-pos", "factory-reset", "delete-app"),
    ("customer-receipt", "merchant-receipt"), ("receipt-merchant-copy", "receipt-customer-copy"),
    ("receipt-approved", "receipt-declined", "receipt-offline", "receipt-expired", "receipt-lost", "receipt-void", "receipt-void-unanswered"),
    ("settled", "settlement-pending"), ("already-voided", "void-unanswered", "already-refunded", "refund-unanswered", "standalone-off"), ("banner-network", "banner-service"),
)  # fmt: skip
_APART = {name: group for group in _GROUPS for name in group}
"""What one reading of the words must decide between: how a payment ended, what to do with a card, the two buttons of a screen, the two copies."""


@oracle("R-word-1", "what has the id of a wording is written in its words", contents.ScreenShown)
def worded(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    view = seen.after
    if view is None or not any(view is one for one in seen.screens):
        return
    for element in view.screen.elements:
        name, text = getattr(element, "id", ""), getattr(element, "text", None)
        if name and isinstance(text, str) and name in view.texts.ids:
            yield f"{name} reads {text!r}, whatever the language"
    if seen.came_to:
        yield from _otherwise(view)


def _otherwise(view: View) -> Iterator[str]:
    """A sentence for each text that reads otherwise than the catalogue of its language has it, by its number; banners and tabs may be in another."""
    drawn: dict[str, list[str]] = {}
    for item in view.unplaced:
        drawn.setdefault(item.id, []).append(item.text)
    framed = {item.id for item in view.unplaced if item.role in (Role.BANNER, Role.TAB)}
    for element in view.screen.elements:
        name, text = getattr(element, "id", ""), getattr(element, "text", None)
        said = getattr(text, "id", "")
        if not said or name in framed:
            continue
        wanted = view.texts.forms(said, view.locale)[
            not _is_one(dict(getattr(text, "args", ())).get("n"), view.locale)
        ]
        if wanted and not any(map(_reading(wanted).fullmatch, drawn.get(name, ()))):
            yield f"{name} reads {' / '.join(drawn.get(name, ())) or 'nothing'!r}, and its wording is {wanted!r}"


def _is_one(number: object, locale: str) -> bool:
    """Whether so many things are worded as one; in French none are, too."""
    return number == 1 or (number == 0 and locale.startswith("fr"))


@lru_cache(maxsize=1024)
def _reading(wording: str) -> re.Pattern[str]:
    """What a text of this wording may read, whatever is in its places."""
    parts = (re.escape(part) for part in _PLACE.split(wording))
    return re.compile(".*".join(parts), re.DOTALL)


@oracle(
    "R-word-5",
    "what a person must tell apart has words of its own in each language",
    contents.ScreenShown,
    contents.ReceiptPrinted,
)
def told_apart(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    if seen.after is None or not (seen.came_to or seen.printed):
        return
    named = _named(seen.after.wordings) if seen.came_to else frozenset()
    printed = (one for paper in seen.printed for one in paper.ids)
    for name in sorted(named.union(printed) & _APART.keys()):
        for locale in facts.profile.languages:
            known = seen.after.texts.catalogue(locale)
            alike = [one for one in _APART[name] if one != name and known.get(one) == known.get(name)]
            if alike:
                yield f"{name} and {alike[0]} both read {known[name]!r} in {locale}"


@oracle(
    "R-word-4",
    "what has the id of a wording is that wording, or one of its kinds, or says a state",
    contents.ScreenShown,
)
def its_own(_: SessionFacts, seen: Occurrence) -> Iterator[str]:
    for view in seen.screens:
        yield from _exchanged(view)


def _exchanged(view: View) -> Iterator[str]:
    """A sentence for each element of a screen that has another wording than its id says."""
    for element in view.screen.elements:
        name, said = getattr(element, "id", ""), getattr(getattr(element, "text", None), "id", "")
        if not said or said == name or name not in view.texts.ids:
            continue
        if not said.startswith((f"{name}-", *_COMPOSED)):
            yield f"{name} of {view.screen.id} is the wording {said}"


@oracle(
    "R-word-2",
    "a wording in one language is not that of another, but for words that both have in common",
    contents.ScreenShown,
    contents.ReceiptPrinted,
)
def translated(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    view = seen.after
    if view is None:
        return
    if not seen.came_to and not seen.printed:
        return
    named = _named(view.wordings) if seen.came_to else frozenset()
    printed = (one for paper in seen.printed for one in paper.ids)
    for name in sorted(named.union(printed) - _IN_COMMON):
        yield from _same(view, facts.profile.languages, name)


@lru_cache(maxsize=1024)
def _named(wordings: frozenset[tuple[str, str]]) -> frozenset[str]:
    """The ids of what stands on a screen."""
    return frozenset([name for _, name in wordings])


def _same(view: View, languages: tuple[str, ...], name: str) -> Iterator[str]:
    known = view.texts.catalogue
    yield from _alike(name, tuple([(locale, known(locale).get(name, "")) for locale in languages]))


@lru_cache(maxsize=4096)
def _alike(name: str, said_in: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """A sentence for each language in which a wording reads as in one before."""
    found: list[str] = []
    words: dict[str, str] = {}
    for locale, said in said_in:
        if any(letter.isalpha() for letter in said.partition("{")[0]):
            other = words.setdefault(said, locale)
            if other.partition("-")[0] != locale.partition("-")[0]:
                found.append(f"{name} reads {said!r} in {other} and in {locale}")
    return tuple(found)


@lru_cache(maxsize=512)
def written(minor: int, currency: str, locale: str) -> str:
    """An amount in minor units as a language writes it (Unicode CLDR), with plain spaces."""
    # Imported here: it takes a moment that most commands do not need.
    from babel.numbers import format_currency, get_currency_precision

    amount = Decimal(minor).scaleb(-get_currency_precision(currency))
    return _plain(format_currency(amount, currency, locale=locale.replace("-", "_")))


def _plain(text: str) -> str:
    return " ".join(text.split())


@oracle(
    "R-word-3",
    "an amount is written in the profile's currency, as the language of its screen or paper writes it",
    contents.ScreenShown,
    contents.ReceiptPrinted,
)
def amounts(facts: SessionFacts, seen: Occurrence) -> Iterator[str]:
    currency, view = facts.profile.currency, seen.after
    said = view.by_id["sum"] if view is not None and seen.came_to and "sum" in view.ids else None
    if view is not None and said is not None:
        shown = [
            dict(getattr(getattr(one, "text", None), "args", ()))
            for one in view.screen.elements
            if getattr(one, "id", "") == "sum"
        ]
        minor = getattr(shown[0].get("amount"), "minor", None) if shown else None
        if minor is not None and _plain(said.text) != written(minor, currency, view.locale):
            yield f"{said.text!r} stands there, and {written(minor, currency, view.locale)!r} is meant"
    for paper in seen.printed:
        for line in paper.written:
            minor = getattr(getattr(line, "value", None), "minor", None)
            if isinstance(minor, int) and written(minor, currency, paper.receipt.locale) not in _plain(
                paper.text
            ):
                yield f"{written(minor, currency, paper.receipt.locale)!r} is meant, and does not stand on the paper"


WORDS = (worded, told_apart, its_own, translated, amounts)
