"""How the text of a request is read, in the order in which a terminal does: JSON, seal, header, body.

What is missing or has a wrong form is told in the words of a real terminal, by the place where it stands:
`At SaleToPOIRequest.PaymentRequest.PaymentTransaction.AmountsReq, field Currency: Missing`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from msgspec import Raw

from terminal_sim.pos.adyen.messages.common import MessageHeader
from terminal_sim.pos.adyen.messages.requests import BODIES, Body
from terminal_sim.pos.adyen.messages.values import Category, MessageType
from terminal_sim.pos.adyen.wire.seal import SealBroken, Sealed

T = TypeVar("T")
REQUEST = "SaleToPOIRequest"
_HEADER = "MessageHeader"
_SEALED = ("NexoBlob", "SecurityTrailer")
_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]+)`")
_PLACE = re.compile(r"^(?P<what>.*?)(?: - at `\$\.?(?P<path>[^`]*)`)?$", re.DOTALL)


class NotJson(Exception):
    """The text is no JSON object; the text of the error says where."""


class Malformed(Exception):
    """A message that is no request by the protocol: `errors` in the terminal's words, and the `header` where there is a whole one."""

    def __init__(self, errors: str, header: MessageHeader | None = None) -> None:
        super().__init__(errors)
        self.errors = errors
        self.header = header


@dataclass(frozen=True, slots=True)
class Envelope:
    """The members of `SaleToPOIRequest` as they came, by name."""

    members: dict[str, Raw]

    @property
    def is_sealed(self) -> bool:
        return any(name in self.members for name in _SEALED)

    @property
    def sealed(self) -> Sealed:
        """The seal. Raises `SealBroken` where its form is wrong."""
        try:
            return msgspec.convert(
                {name: msgspec.json.decode(self.members[name]) for name in _SEALED if name in self.members},
                Sealed,
            )
        except msgspec.ValidationError as wrong:
            raise SealBroken(f"the seal has no right form: {wrong}") from None


@dataclass(frozen=True, slots=True)
class NexoRequest:
    """A request that is well formed. `unknown` has the members beside header and body, which change nothing."""

    header: MessageHeader
    body: Body
    unknown: tuple[str, ...] = ()

    @property
    def category(self) -> Category:
        return self.header.message_category


def read_envelope(text: bytes) -> Envelope:
    """Raises `NotJson` and `Malformed`."""
    try:
        whole = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as wrong:
        raise NotJson(str(wrong)) from None
    if not isinstance(whole, dict):
        raise NotJson("the message is no JSON object")
    if REQUEST not in whole:
        raise Malformed(f"At root, field {REQUEST}: Missing")
    try:
        return Envelope(msgspec.json.decode(text, type=dict[str, dict[str, Raw]])[REQUEST])
    except msgspec.ValidationError:
        raise Malformed(f"At root, field {REQUEST}: Expected JSON object") from None


def read_request(envelope: Envelope) -> NexoRequest:
    """The request of an envelope in clear. Raises `Malformed`."""
    if _HEADER not in envelope.members:
        raise Malformed(_missing(REQUEST, _HEADER))
    header = _read(envelope.members[_HEADER], MessageHeader, f"{REQUEST}.{_HEADER}", None)
    if header.message_type is not MessageType.REQUEST:
        raise Malformed(f"At {REQUEST}.{_HEADER}, field MessageType: Expected Request", header)
    category = header.message_category
    name = f"{category.value}Request"
    shape = BODIES.get(category)
    if shape is None:
        raise Malformed(f"At {REQUEST}.{_HEADER}, field MessageCategory: Unexpected {category.value}", header)
    if name not in envelope.members:
        raise Malformed(_missing(REQUEST, name), header)
    body: Body = _read(envelope.members[name], shape, f"{REQUEST}.{name}", header)
    if header.service_id is None:
        raise Malformed(_missing(f"{REQUEST}.{_HEADER}", "ServiceID"), header)
    others = tuple(member for member in envelope.members if member not in (_HEADER, name))
    return NexoRequest(header, body, others)


def _read(raw: Raw, shape: type[T], place: str, header: MessageHeader | None) -> T:
    try:
        return msgspec.json.decode(raw, type=shape)
    except msgspec.ValidationError as wrong:
        raise Malformed(_told(str(wrong), place), header) from None


def _told(error: str, place: str) -> str:
    """The sentence of msgspec in the words of a terminal; `place` is the path of the structure that was read."""
    found = _PLACE.match(error)
    what, path = (found["what"], found["path"] or "") if found else (error, "")
    missing = _MISSING.match(what)
    if missing:
        return _missing(f"{place}.{path}" if path else place, missing["field"])
    above, _, field = f"{place}.{path}".rstrip(".").rpartition(".")
    return f"At {above}, field {field}: {what.replace('`', '')}"


def _missing(place: str, field: str) -> str:
    return f"At {place}, field {field}: Missing"
