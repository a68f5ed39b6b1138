"""The reasons of an outcome as short text, as a journal and a trace keep them, and in words.

1. The text has a word for each reason, in order, with blanks between: the name of the rule, and after `@` the bits that it set, as
   tag, byte and bit: `restrictions.expired@95.2.7`. Bits of the same element are joined by `+`: `taa.denial@95.3.8+3.4`.
2. What this card or issuer did stands behind a `:`, as in a URL (RFC 3986): `issuer.declined:declined%20by%20the%20issuer%20(05)`. It holds
   no card data, since no detail of a reason does.
3. A rule that this version does not know is told by its name alone, so that a journal of another version can be read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final
from urllib.parse import quote, unquote

from terminal_sim.emv.data.bits import BITS
from terminal_sim.emv.data.tags import DICTIONARY
from terminal_sim.emv.talk.rules import Reason, Rule

_PLACES: Final = {(bit.tag, bit.name): f"{bit.byte}.{bit.number}" for bit in BITS}
_NAMES: Final = {(bit.tag, f"{bit.byte}.{bit.number}"): bit.name for bit in BITS}
_RULES: Final = {rule.value: rule for rule in Rule}
_PLAIN: Final = "(),;'/"
"""What stands in a detail as it is, besides letters, digits and `_.-~`."""


def written(reasons: Iterable[Reason]) -> str:
    """The reasons as short text; empty where there are none."""
    return " ".join(_word(reason) for reason in reasons)


def rules(text: str) -> tuple[str, ...]:
    """The names of the rules in the short text, in order."""
    return tuple(word.partition(":")[0].partition("@")[0] for word in text.split())


def told(text: str) -> Iterator[str]:
    """The reasons of the short text in words, a sentence each: what happened, the paragraph, the element with the names of its bits."""
    for word in text.split():
        placed, _, detail = word.partition(":")
        name, _, where = placed.partition("@")
        rule = _RULES.get(name)
        if rule is None:
            yield name
            continue
        yield f"{_sentence(rule, unquote(detail))} ({name}, {rule.paragraph}){_element(where)}"


def _sentence(rule: Rule, detail: str) -> str:
    """What happened: the rule's sentence, and behind it the detail, which may say all that it says."""
    if detail.startswith(rule.sentence):
        return detail
    return f"{rule.sentence}: {detail}" if detail else rule.sentence


@lru_cache(maxsize=1024)
def _word(reason: Reason) -> str:
    detail = f":{quote(reason.detail, safe=_PLAIN)}" if reason.detail else ""
    return f"{_placed(reason)}{detail}"


def _placed(reason: Reason) -> str:
    if not reason.tag:
        return str(reason.rule.value)
    places = "+".join(_PLACES[reason.tag, name] for name in reason.bits if (reason.tag, name) in _PLACES)
    return f"{reason.rule.value}@{reason.tag:X}{f'.{places}' if places else ''}"


def _element(where: str) -> str:
    """`: Terminal Verification Results (95): "floor limit exceeded" (byte 4, bit 8)`, or nothing."""
    tag_text, _, places = where.partition(".")
    try:
        tag = int(tag_text, 16)
    except ValueError:
        return ""
    element = DICTIONARY.get(tag)
    named = f"{element.name} ({tag:X})" if element is not None else f"{tag:X}"
    said = [_bit(tag, place) for place in places.split("+") if place]
    return f": {named}{': ' if said else ''}{', '.join(said)}"


def _bit(tag: int, place: str) -> str:
    byte, _, number = place.partition(".")
    return f'"{_NAMES.get((tag, place), "?")}" (byte {byte}, bit {number})'
