"""What a dialect file (`profiles/dialects/*.toml`) says, as plain values that have been checked against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from terminal_sim.core.message import MessageClass
from terminal_sim.datafiles.suggest import suggest
from terminal_sim.host.authentication import MacAlgorithm
from terminal_sim.host.config import AVS_WORDS
from terminal_sim.host.iso8583 import elements as el
from terminal_sim.host.iso8583.elements import ELEMENTS
from terminal_sim.host.iso8583.forms import ElementForm, Encoding, WrittenForm, whole
from terminal_sim.host.management import ManagementFunction

MANAGEMENT = "management"
"""The name of network management among the classes of messages."""
CONDITION_HERE = ".."
"""What stands in an entry mode for the condition, in a dialect whose condition is no element of its own."""
CLASSES = (*(each.value for each in MessageClass), MANAGEMENT)
FUNCTIONS = (*CLASSES[:-1], *(each.value for each in ManagementFunction))
_TYPE = re.compile(r"[0-9][1-8][02468][024]", re.ASCII)
_RESPONSE = re.compile(r"[0-9A-Z]{2}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Encodings:
    """How the parts of a message become bytes. `odd` says on which side an odd number of packed digits is filled, with 0 or with F."""

    message_type: Literal["bcd", "ascii", "ebcdic"]
    bitmap: Literal["binary", "ascii", "ebcdic"]
    lengths: Literal["bcd", "binary", "ascii", "ebcdic"]
    numbers: Literal["bcd", "ascii", "ebcdic"]
    text: Literal["ascii", "ebcdic"] = "ascii"
    odd: Literal["left", "right"] = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedElement:
    """Where an element stands and its form, such as n..19; `lengths` and `encoding` are of its own where they differ from the dialect's."""

    de: int
    form: str
    lengths: Literal["bcd", "binary", "ascii", "ebcdic", ""] = ""
    encoding: Literal["bcd", "ascii", "ebcdic", ""] = ""

    def __post_init__(self) -> None:
        if not 2 <= self.de <= 127 or self.de in (64, 65):
            raise ValueError("de: 2 to 63 or 66 to 127 wanted; 64 and 128 are the MAC's")
        try:
            written = WrittenForm.parse(self.form)
        except ValueError as wrong:
            raise ValueError(f"form: {wrong}") from None
        if self.encoding == "bcd" and written.kind not in ("n", "z"):
            raise ValueError("encoding: only digits are packed, of the kinds n and z")


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryModes:
    """The code of each way in which a card's data came in."""

    chip: str
    contactless: str
    contactless_stripe: str
    stripe: str
    stripe_for_chip: str
    keyed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """The code of each condition of a point of service."""

    normal: str
    mail_or_telephone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DialectLayout:
    """A dialect. `responses` maps a code of the wire to the response code that it stands for; where it is empty they are the same."""

    dialect: Literal[1]
    id: str
    name: str
    encodings: Encodings
    message_types: dict[str, str]
    elements: dict[str, PlacedElement]
    entry_modes: EntryModes
    conditions: Conditions
    functions: dict[str, str]
    address_checks: dict[str, str]
    accepted: dict[str, str] = field(default_factory=dict)
    responses: dict[str, str] = field(default_factory=dict)
    mac: Literal["", "iso9797-3", "cmac"] = ""

    def __post_init__(self) -> None:
        for check in (self._types, self._elements, self._entries, self._functions, self._answers):
            for wrong in check():
                raise ValueError(wrong)

    def has(self, element: str) -> bool:
        return element in self.elements

    @property
    def mac_algorithm(self) -> MacAlgorithm | None:
        """How codes are made, None where messages have none."""
        return MacAlgorithm(self.mac) if self.mac else None

    def forms(self) -> tuple[ElementForm, ...]:
        """The elements in the order of the wire."""
        return tuple(
            sorted(
                (self._form(name, each) for name, each in self.elements.items()), key=lambda f: int(f.field)
            )
        )

    def heads(self) -> tuple[ElementForm, ElementForm, ElementForm]:
        """Message type, bitmap and secondary bitmap."""
        bitmap = Encoding(self.encodings.bitmap)
        return (
            whole(el.MESSAGE_TYPE, "t", Encoding(self.encodings.message_type), 4),
            whole(el.BITMAP, "p", bitmap, 8),
            whole(el.SECOND_BITMAP, "1", bitmap, 8),
        )

    def _form(self, name: str, element: PlacedElement) -> ElementForm:
        own = element.encoding
        return WrittenForm.parse(element.form).form(
            name,
            element.de,
            numbers=Encoding(own or self.encodings.numbers),
            text=Encoding(own or self.encodings.text),
            lengths=Encoding(element.lengths or self.encodings.lengths),
            odd_right=self.encodings.odd == "right",
        )

    def _types(self) -> Iterator[str]:
        yield from _not_of("message_types", self.message_types, CLASSES)
        for name in CLASSES:
            if name not in self.message_types:
                yield f'message_types: {name} is missing, as in {name} = "0100"'
        for name, code in self.message_types.items():
            if not _TYPE.fullmatch(code):
                yield (
                    f"message_types.{name}: {code!r} is no type of a request: four digits, the third and the fourth even, as in 0100 or 1804"
                )
        for name, twin in _twins(self.message_types):
            yield f"message_types.{name}: {twin} has the same type, so nobody could tell them apart"

    def _elements(self) -> Iterator[str]:
        yield from _not_of("elements", self.elements, tuple(ELEMENTS))
        for name, rule in ELEMENTS.items():
            if name not in self.elements:
                if rule.needed:
                    yield f"elements: {name} is missing; it is the {rule.title}"
                continue
            if wrong := rule.wrong(WrittenForm.parse(self.elements[name].form)):
                yield f"elements.{name}.form: the {rule.title} has a form {wrong}"
        numbers = {name: str(element.de) for name, element in self.elements.items()}
        for name, twin in _twins(numbers):
            yield f"elements.{name}.de: {twin} is DE {numbers[name]} already"
        length = WrittenForm.parse(self.elements[el.LOCAL_TIME].form).size
        if length != (6 if self.has(el.LOCAL_DATE) else 12):
            yield (
                "elements.local_time.form: n12 has date and time; n6 is a time, and local_date has the date"
            )
        if WrittenForm.parse(self.elements[el.ORIGINAL].form).size < _ORIGINAL:
            yield f"elements.original.form: it begins with a message type and a trace number, {_ORIGINAL} digits"

    def _entries(self) -> Iterator[str]:
        here = not self.has(el.CONDITION)
        size = WrittenForm.parse(self.elements[el.ENTRY_MODE].form).size
        modes = {name: getattr(self.entry_modes, name) for name in EntryModes.__slots__}
        for name, code in modes.items():
            if code.count(CONDITION_HERE) != here:
                yield (
                    f"entry_modes.{name}: `{CONDITION_HERE}` stands once for the condition, which is no element here"
                    if here
                    else f"entry_modes.{name}: the condition is an element here, so no `{CONDITION_HERE}` stands for it"
                )
            if len(code) != size:
                yield f"entry_modes.{name}: {code!r} has {len(code)} characters, and its element {size}"
        for name, twin in _twins(modes):
            yield f"entry_modes.{name}: {twin} has the same code"
        for name in Conditions.__slots__:
            code = getattr(self.conditions, name)
            if len(code) != 2 or not code.isascii() or not code.isdigit():
                yield f"conditions.{name}: two digits wanted"
        if self.conditions.normal == self.conditions.mail_or_telephone:
            yield "conditions.mail_or_telephone: normal has the same code"

    def _functions(self) -> Iterator[str]:
        yield from _not_of("functions", self.functions, FUNCTIONS)
        for function in ManagementFunction:
            if function.value not in self.functions:
                yield f"functions: {function.value} is missing"
        for name, code in self.functions.items():
            if len(code) != 3 or not code.isascii() or not code.isdigit():
                yield f"functions.{name}: three digits wanted"
        managing = {each.value: self.functions[each.value] for each in ManagementFunction}
        for name, twin in _twins(managing):
            yield f"functions.{name}: {twin} has the same code"

    def _answers(self) -> Iterator[str]:
        yield from _not_of("address_checks", self.address_checks, AVS_WORDS)
        for word in AVS_WORDS:
            if word not in self.address_checks:
                yield f"address_checks: {word} is missing"
        for name, twin in _twins(self.address_checks):
            yield f"address_checks.{name}: {twin} has the same letter"
        yield from _not_of("accepted", self.accepted, CLASSES)
        size = WrittenForm.parse(self.elements[el.RESPONSE_CODE].form).size
        for where, codes in (("accepted", self.accepted.values()), ("responses", self.responses)):
            for code in codes:
                if len(code) != size:
                    yield f"{where}: {code!r} has {len(code)} characters, and the response code {size}"
        for code, response in self.responses.items():
            if not _RESPONSE.fullmatch(response):
                yield f"responses.{code}: a response code of two capital letters or digits wanted, such as 51"
        if not self.responses and size != 2:
            yield f"responses: which code of two characters each of {size} stands for is missing"
        if self.responses and not {"00", "05", "10"} <= set(self.responses.values()):
            yield "responses: none stands for 00, 05 or 10, which every acquirer says"


_ORIGINAL = 10


def _not_of(table: str, given: Mapping[str, object], known: tuple[str, ...]) -> Iterator[str]:
    for name in given:
        if name not in known:
            yield f"{table}.{name}: unknown key{suggest(name, known) or '; it knows ' + ', '.join(known)}"


def _twins(codes: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """The names whose code an earlier one has, and that one."""
    first: dict[str, str] = {}
    for name, code in codes.items():
        if code in first:
            yield name, first[code]
        first.setdefault(code, name)
