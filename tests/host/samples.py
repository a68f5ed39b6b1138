"""Requests that tests start from, with test card numbers only."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from msgspec import structs

from terminal_sim.core.message import EntryMode, HostReply, HostRequest, MessageKind, Original
from terminal_sim.core.money import Money
from terminal_sim.host.acquirer import Acquirer
from terminal_sim.host.iso8583.load import load_dialect
from terminal_sim.secret import Secret

HOST_FILE = Path(__file__).parents[2] / "profiles" / "hosts" / "test-acquirer.toml"
DIALECT = load_dialect()
encode_request, decode_request = DIALECT.encode_request, DIALECT.decode_request
encode_reply, decode_reply = DIALECT.encode_reply, DIALECT.decode_reply

PAN = "4111111111111111"
AT = datetime.fromisoformat("2026-11-21 20:40:01")

SALE = HostRequest(
    kind=MessageKind.SALE,
    terminal="T0000001",
    merchant="TSIM00000000001",
    stan=7,
    reference="ABCD001795293601007",
    amount=Money(1000, "CAD"),
    at=AT,
    entry=EntryMode.STRIPE,
    track2=Secret(f"{PAN}=30032011234567890"),
)
MOTO = structs.replace(
    SALE,
    kind=MessageKind.MOTO,
    entry=EntryMode.KEYED,
    track2=None,
    pan=Secret(PAN),
    expiry=Secret("3003"),
    cvc=Secret("737"),
)


def undoing(request: HostRequest, kind: MessageKind, **changes: Any) -> HostRequest:
    """A void under its own trace number and reference, or a reversal under the original's, as terminals send them."""
    own: dict[str, Any] = {"stan": 8, "reference": "ABCD001795293602008", "reason": "4000"}
    if kind is MessageKind.REVERSAL:
        own = {"reason": "4021"}
    plain = structs.replace(
        request,
        kind=kind,
        pan=None,
        expiry=None,
        track2=None,
        cvc=None,
        avs=None,
        icc_data=b"",
        pin_block=None,
        original=Original(kind=request.kind, stan=request.stan, reference=request.reference),
        **own,
    )
    return structs.replace(plain, **changes)


def acquirer(**config: Any) -> Acquirer:
    """The acquirer of the shipped host file, with `config` changed."""
    return Acquirer(replace(Acquirer.load(HOST_FILE).config, **config))


def asked(host: Acquirer, request: HostRequest) -> HostReply:
    """The reply to a request that is answered, over the real bytes."""
    answer = host.respond(encode_request(request))
    if answer.reply is None:
        raise LookupError(f"the host stayed silent: {answer.note}")
    return decode_reply(answer.reply)
