"""One HTTP exchange of the local interface: what came is opened, and what goes back is sealed with the key that it came under.

| message | the terminal has a key | it has none (for tests only) |
|---|---|---|
| sealed, good | is served, the answer sealed | is told that keys are missing |
| sealed, bad | 401, the same whatever is wrong | is told the same |
| in clear | 401 | is served, the answer in clear |
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from msgspec import Struct

from terminal_sim.pos.adyen.messages.additional import DataForm, write_additional
from terminal_sim.pos.adyen.messages.common import MessageHeader
from terminal_sim.pos.adyen.messages.responses import (
    Answer,
    NexoResponse,
    UnservedResponse,
    response_text,
    written,
)
from terminal_sim.pos.adyen.messages.values import ErrorCondition, MessageType, NexoResult
from terminal_sim.pos.adyen.wire.reading import (
    Envelope,
    Malformed,
    NexoRequest,
    NotJson,
    read_envelope,
    read_request,
)
from terminal_sim.pos.adyen.wire.seal import NONCE_BYTES, SealBroken, SharedKey, seal, unseal

_CRYPTO_ERROR = {"errors": ["Nexo Service: crypto error"], "ServiceID": "-NULL-"}
_NO_KEY_NOTE = "Direct API REQUIRES payload crypto on live, cleartext allowed for testing only"
_RESPONSE = "SaleToPOIResponse"


class HttpReply(Struct, frozen=True):
    """`body` is JSON, or empty."""

    status: int
    body: bytes


Reply = Callable[[HttpReply | None], None]
"""Takes what goes back; None ends the connection without an answer."""


class NotOpened(Exception):
    """What came is not served: `reply` is what goes back, and the text is for the trace."""

    def __init__(self, reply: HttpReply, why: str) -> None:
        super().__init__(why)
        self.reply = reply


@dataclass(frozen=True, slots=True)
class HttpExchange:
    """A request with the way back to who sent it; `text` is the request in clear, `key` the one that it was sealed with."""

    request: NexoRequest
    text: bytes
    key: SharedKey | None
    reply: Reply

    def answer(self, answer: Answer) -> None:
        """Send the answer to the request."""
        header = answer_header(self.request.header)
        self.reply(_closed(header, response_text(header, answer), self.key))

    def answer_text(self, body: bytes) -> None:
        """Send the answer whose body was written before."""
        header = answer_header(self.request.header)
        self.reply(_closed(header, whole_text(header, body), self.key))

    def answer_nothing(self) -> None:
        """Say that the request came, and no more: the answer to an abort."""
        self.reply(HttpReply(200, b""))


def opened(text: bytes, keys: Sequence[SharedKey], reply: Reply) -> HttpExchange:
    """What came as the body of an HTTP request. Raises `NotOpened`."""
    try:
        envelope = read_envelope(text)
    except NotJson as wrong:
        raise NotOpened(_errors(f"Bad JSON:1: {wrong}"), str(wrong)) from None
    except Malformed as wrong:
        raise NotOpened(_errors(wrong.errors), wrong.errors) from None
    key: SharedKey | None = None
    if keys:
        try:
            if not envelope.is_sealed:
                raise SealBroken("it is not sealed, and the terminal has a shared key")
            text, key = unseal(envelope.sealed, keys)
        except SealBroken as broken:
            raise NotOpened(HttpReply(401, written(_CRYPTO_ERROR)), str(broken)) from None
        try:
            envelope = read_envelope(text)
        except (NotJson, Malformed) as wrong:
            raise NotOpened(_errors(str(wrong)), str(wrong)) from None
    try:
        return HttpExchange(read_request(envelope), text, key, reply)
    except Malformed as wrong:
        reply_to_it = _malformed(wrong, envelope, key)
        raise NotOpened(reply_to_it, wrong.errors) from None


def answer_header(header: MessageHeader) -> MessageHeader:
    """The header of the answer to a request with `header`."""
    return MessageHeader(
        message_class=header.message_class,
        message_category=header.message_category,
        message_type=MessageType.RESPONSE,
        sale_id=header.sale_id,
        poiid=header.poiid,
        protocol_version=header.protocol_version or "3.0",
        service_id=header.service_id,
        device_id=header.device_id,
    )


def body_name(header: MessageHeader) -> str:
    """The member that an answer with `header` has its body in."""
    return f"{header.message_category.value}Response"


def whole_text(header: MessageHeader, body: bytes) -> bytes:
    """A response in clear around a body that was written before."""
    return b'{"%b":{"MessageHeader":%b,"%b":%b}}' % (
        _RESPONSE.encode(),
        written(header),
        body_name(header).encode(),
        body,
    )


def _closed(header: MessageHeader, text: bytes, key: SharedKey | None) -> HttpReply:
    if key is None:
        return HttpReply(200, text)
    sealed = seal(text, key, secrets.token_bytes(NONCE_BYTES))
    whole = {
        "MessageHeader": header,
        "NexoBlob": sealed.nexo_blob,
        "SecurityTrailer": sealed.security_trailer,
    }
    return HttpReply(200, written({_RESPONSE: whole}))


def _malformed(wrong: Malformed, envelope: Envelope, key: SharedKey | None) -> HttpReply:
    if wrong.header is None:
        return _errors(wrong.errors)
    members = {"errors": wrong.errors}
    if envelope.is_sealed and key is None:
        members["warnings"] = "\n".join(
            f"At SaleToPOIRequest.MessageHeader, field {name}: Unexpected"
            for name in ("SecurityTrailer", "NexoBlob")
        )
        members["note"] = _NO_KEY_NOTE
    failed = NexoResponse(
        result=NexoResult.FAILURE,
        error_condition=ErrorCondition.MESSAGE_FORMAT,
        additional_response=write_additional(DataForm.KEY_VALUE, members),
    )
    header = answer_header(wrong.header)
    return _closed(header, response_text(header, UnservedResponse(response=failed)), key)


def _errors(text: str) -> HttpReply:
    return HttpReply(400, written({"errors": [text]}))
