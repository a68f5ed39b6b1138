"""Both catalogues say everything, in the contract's words, and values read as the locale writes them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import get_args, get_type_hints

import pytest

from terminal_sim import flows
from terminal_sim.core.config import Profile
from terminal_sim.core.message import EntryMode, MessageKind
from terminal_sim.core.moment import Duration
from terminal_sim.core.money import Money
from terminal_sim.core.payment import PaymentState
from terminal_sim.core.text import Phrase, say
from terminal_sim.display.status_bar import NO_LINK
from terminal_sim.display.texts import MissingText, Texts, plain

TEXTS = Texts.load()
SOURCE = Path(flows.__file__).parents[1]
AT = datetime(2026, 1, 15, 14, 3, 9)  # noqa: DTZ001 - civil time
AVS_WORDS = ("match", "postal-only", "street-only", "no-match", "unknown")
CONTRACT = [
    line.split("\t")
    for line in Path(__file__).with_name("wordings.tsv").read_text(encoding="utf-8").splitlines()
]


def places(wording: str) -> set[str]:
    return set(re.findall(r"\{(\w+)", wording))


@pytest.mark.parametrize(("name", "english", "french"), CONTRACT)
def test_a_wording_of_the_contract_is_exact(name: str, english: str, french: str) -> None:
    assert (TEXTS.wording(name, "en"), TEXTS.wording(name, "fr")) == (english, french)


def test_both_languages_have_the_same_ids_and_the_same_places() -> None:
    english, french = TEXTS.catalogue("en"), TEXTS.catalogue("fr")
    assert english.keys() == french.keys() == TEXTS.ids
    assert {i for i in english if places(english[i]) != places(french[i])} == set()
    assert all(english.values())
    assert all(french.values())


def said() -> Iterator[tuple[str, str, set[str]]]:
    """Every `say(...)` and `tell(...)` of the source: the file, each id that it may name, the values it gives."""
    for file in SOURCE.rglob("*.py"):
        source = file.read_text(encoding="utf-8")
        if "terminal_sim.core" not in source:
            continue  # who does not know the core says nothing on a screen
        for node in ast.walk(ast.parse(source)):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("say", "tell"):
                given = {word.arg for word in node.keywords if word.arg}
                for named in ids_in(node.args[0]):
                    yield f"{file.name}:{node.lineno}", named, given


def ids_in(argument: ast.expr) -> Iterator[str]:
    match argument:
        case ast.Constant(value=str(named)):
            yield named
        case ast.IfExp(body=body, orelse=orelse):
            yield from ids_in(body)
            yield from ids_in(orelse)
        case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), *_]):
            words = {
                "avs-": AVS_WORDS,
                "link-": [*get_args(get_args(get_type_hints(Profile)["links"])[0]), NO_LINK],
                "entry-": [entry.value for entry in EntryMode],
                "state-": [state.value for state in PaymentState],
                "type-": [kind.value for kind in MessageKind if not kind.settles],
            }[prefix]
            yield from (prefix + word for word in words)


def test_everything_that_the_source_says_is_in_the_catalogues_with_its_values() -> None:
    calls = list(said())
    assert len(calls) > 80
    assert [(where, named) for where, named, _ in calls if named not in TEXTS.ids] == []
    wordings = TEXTS.catalogue("en")
    assert [
        (where, named, places(wordings[named])) for where, named, given in calls if places(wordings[named]) - given
    ] == []  # fmt: skip


@pytest.mark.parametrize(
    ("phrase", "locale", "reads"),
    [
        ("SIMULATOR SHOP", "fr-CA", "SIMULATOR SHOP"),
        (say("approved"), "en-CA", "Approved"),
        (say("approved"), "fr-CA", "Approuvé"),
        (say("approved"), "fr", "Approuvé"),
        (say("wrong-pin", n=2), "en-CA", "Wrong PIN, 2 tries left"),
        (Money(123450, "CAD"), "en-CA", "$1,234.50"),
        (Money(123450, "CAD"), "fr-CA", "1 234,50 $"),
        (Money(-5, "CAD"), "en-CA", "-$0.05"),
        (Money(1234, "JPY"), "en-CA", "JP¥1,234"),
        (say("charge", amount=Money(1250, "CAD")), "fr-CA", "Facturer 12,50 $"),
        (say("date", at=AT), "en-CA", "2026-01-15"),
        (say("time", at=AT), "en-CA", "2:03:09 p.m."),
        (say("time", at=AT), "fr-CA", "14 h 03 min 09 s"),
        (say("passcode-locked", time=Duration.parse("30min")), "fr-CA", "Verrouillé, réessayez dans 30 minutes"),
        (say("avs-result", result=say("avs-match")), "fr-CA", "Vérification d'adresse : concordance"),
    ],
)  # fmt: skip
def test_a_phrase_reads_as_its_locale_writes_it(phrase: Phrase | Money, locale: str, reads: str) -> None:
    assert plain(TEXTS.phrase(phrase, locale)) == reads


def test_no_break_spaces_stay_in_the_text() -> None:
    assert TEXTS.phrase(Money(123450, "CAD"), "fr-CA") == "1\u00a0234,50\u00a0$"


@pytest.mark.parametrize(
    ("written", "compared"),
    [("1\u00a0234,50\u202f$", "1 234,50 $"), ("  a \t b ", "a b"), ("", ""), ("a\nb", "a\nb")],
)
def test_text_is_compared_with_no_break_spaces_read_as_spaces(written: str, compared: str) -> None:
    assert plain(written) == compared


def test_a_value_with_braces_is_not_filled_in_again() -> None:
    assert TEXTS.phrase(say("card-line", brand="{last4}", last4="1111"), "en") == "{last4} 1111"


def test_an_unknown_text_names_the_nearest() -> None:
    with pytest.raises(MissingText, match=r"there is no text 'aproved' in en-CA; did you mean 'approved'\?"):
        TEXTS.phrase(say("aproved"), "en-CA")


def test_a_missing_value_is_named() -> None:
    with pytest.raises(MissingText, match=r"the text 'wrong-pin' says \{n\}, but it was given \['m'\]"):
        TEXTS.phrase(say("wrong-pin", m=2), "en")


def test_a_language_without_a_catalogue_is_refused() -> None:
    with pytest.raises(MissingText, match="there are no texts in 'de-CH'; there are en, fr"):
        TEXTS.wording("approved", "de-CH")


def test_a_regional_file_overrides_single_wordings(tmp_path: Path) -> None:
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    (tmp_path / "fr.po").write_text(
        head + 'msgid "pin"\nmsgstr "Code"\n\nmsgid "ok"\nmsgstr "Bien"\n', "utf-8"
    )
    (tmp_path / "fr-CA.po").write_text(head + 'msgid "pin"\nmsgstr "NIP"\n', "utf-8")
    texts = Texts.load(tmp_path)
    assert [texts.wording("pin", tag) for tag in ("fr", "fr-FR", "fr-CA")] == ["Code", "Code", "NIP"]
    assert texts.wording("ok", "fr-CA") == "Bien"
    assert texts.languages == ("fr",)
