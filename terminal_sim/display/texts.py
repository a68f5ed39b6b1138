"""The wordings: gettext catalogues by stable id, filled in with amounts, dates and durations as the locale writes them.

Rules:
1. `fr-CA` is looked up in `fr-CA.po` and then in `fr.po`: a regional file holds only what differs.
2. A catalogue is read when its language is first asked for, and Babel is imported then: a start-up pays for one language.
   A process reads it once, as long as the files of its folder stay what they are.
3. A wording with a `msgid_plural` has two forms, and its `n` takes the one that the language's own rule says.
4. No-break spaces stay in the text; a comparison reads them as spaces (`plain`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from unicodedata import normalize

from terminal_sim.core.moment import Duration
from terminal_sim.core.money import Money
from terminal_sim.core.text import Phrase, Text, Value
from terminal_sim.datafiles.bundled import bundled
from terminal_sim.datafiles.kept import Kept
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.display.po_file import po_messages

_ONE = "[one]"  # after the id of a wording: its form for a single thing
_PLACE = re.compile(r"\{(\w+)(?::([\w-]+))?\}")


class MissingText(LookupError):
    """An id or a language that the catalogues do not have."""


class Texts:
    """All catalogues of one folder. Reading is lazy; a `Texts` never changes what it answers."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[str, dict[str, str]] = {}
        self._wordings: dict[str, dict[str, str]] = {}

    @classmethod
    def load(cls, folder: Path | None = None) -> Texts:
        """The catalogues of `folder`, the bundled ones by default."""
        place = folder or bundled() / "strings"
        files = tuple(sorted(place.glob("*.po")))
        known = _KEPT.get((place, files))
        if known is None:
            known = cls(place)
            _KEPT.keep((place, files), known, files)
        return known

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that have a catalogue of their own, without regions."""
        return tuple(sorted(path.stem for path in self._folder.glob("*.po") if "-" not in path.stem))

    @cached_property
    def ids(self) -> frozenset[str]:
        """Every id that all languages have."""
        return frozenset.intersection(*(frozenset(self.catalogue(language)) for language in self.languages))

    def has_locale(self, locale: str) -> bool:
        """Whether there are texts in `locale`, and amounts and dates can be written as it does."""
        from babel.localedata import exists

        return locale.partition("-")[0] in self.languages and exists(_tag(locale))

    def catalogue(self, locale: str) -> dict[str, str]:
        """The wordings of `locale` by id. Raises `MissingText` for a language without a catalogue."""
        known = self._wordings.get(locale)
        if known is None:
            language = locale.partition("-")[0]
            if language not in self.languages:
                raise MissingText(f"there are no texts in {locale!r}; there are {', '.join(self.languages)}")
            known = self._wordings[locale] = {**self._file(language), **self._file(locale)}
        return known

    def wording(self, id: str, locale: str) -> str:  # noqa: A002 - the contract calls it an id
        """The wording with its places. Raises `MissingText`."""
        known = self.catalogue(locale)
        try:
            return known[id]
        except KeyError:
            cure = suggest(id, known) or "; add it to the catalogues"
            raise MissingText(f"there is no text {id!r} in {locale}{cure}") from None

    def phrase(self, phrase: Phrase | Money | datetime, locale: str) -> str:
        """What a phrase reads in `locale`; money and moments as the locale writes them. Raises `MissingText`."""
        if isinstance(phrase, Text):
            wording = self.wording(_numbered(phrase, self.catalogue(locale), locale), locale)
            return self._filled(wording, phrase, locale) if "{" in wording else wording
        return self._value(phrase, "", locale)

    def _filled(self, wording: str, text: Text, locale: str) -> str:
        values = dict(text.args)

        def fill(place: re.Match[str]) -> str:
            if place[1] not in values:
                raise MissingText(f"the text {text.id!r} says {place[0]}, but it was given {sorted(values)}")
            return self._value(values[place[1]], place[2] or "", locale)

        return _PLACE.sub(fill, wording)

    def _value(self, value: Value, style: str, locale: str) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, Text):
            return self.phrase(value, locale)
        if isinstance(value, Money):
            return _money(value.minor, value.currency, value.exponent, locale)
        if isinstance(value, datetime):
            return _moment(value, style, locale)
        return _duration(int(value), locale) if isinstance(value, Duration) else str(value)

    def forms(self, id: str, locale: str) -> tuple[str, str]:  # noqa: A002 - the contract calls it an id
        """The wordings of a text for one thing and for several, their places unfilled: twice the same where it has one alone, "" where it has none."""
        known = self.catalogue(locale)
        several = known.get(id, "")
        return known.get(id + _ONE, several), several

    def _file(self, tag: str) -> dict[str, str]:
        if tag not in self._read:
            file = self._folder / f"{tag}.po"
            self._read[tag] = _wordings(file) if file.is_file() else {}
        return self._read[tag]


_KEPT: Kept[tuple[Path, tuple[Path, ...]], Texts] = Kept()
_BLANKS = re.compile(r"[^\S\n]+")


def plain(text: str) -> str:
    """The text as it is compared: accents composed (NFC), each run of spaces of any kind one space, none at the ends."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()  # the usual case: single spaces are the only blanks
    return _BLANKS.sub(" ", text if text.isascii() else normalize("NFC", text)).strip()


def _wordings(file: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for message in po_messages(file.read_text("utf-8").split("\n")):
        if len(message.forms) > 1:
            found[message.id + _ONE] = message.forms[0]
        found[message.id] = message.forms[-1]
    return found


def _numbered(text: Text, known: Mapping[str, str], locale: str) -> str:
    """The id of the form that the number `n` of `text` takes, where its wording has one for a single thing."""
    if text.id + _ONE not in known:
        return text.id
    number = dict(text.args).get("n")
    return text.id + _ONE if isinstance(number, int) and _is_one(number, locale) else text.id


@lru_cache(256)
def _is_one(number: int, locale: str) -> bool:
    from babel import Locale

    return Locale.parse(_tag(locale)).plural_form(number) == "one"


def _tag(locale: str) -> str:
    return locale.replace("-", "_")


@lru_cache(4096)
def _money(minor: int, currency: str, exponent: int, locale: str) -> str:
    from babel.numbers import format_currency

    return format_currency(Decimal(minor).scaleb(-exponent), currency, locale=_tag(locale))


@lru_cache(1024)
def _moment(moment: datetime, style: str, locale: str) -> str:
    from babel.dates import format_date, format_skeleton, format_time

    tag = _tag(locale)
    match style:
        case "" | "date":
            return format_date(moment, "short", locale=tag)
        case "time":
            return format_time(moment, "medium", locale=tag)
        case "day":
            return format_skeleton("MMMd", moment, locale=tag)
        case "clock":
            return format_time(moment, "short", locale=tag)
    raise MissingText(f"a moment has no style {style!r}; a wording may ask for date, time, day or clock")


@lru_cache(1024)
def _duration(microseconds: int, locale: str) -> str:
    from babel.dates import format_timedelta

    return format_timedelta(timedelta(microseconds=microseconds), locale=_tag(locale))
