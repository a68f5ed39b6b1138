"""A request that the acquirer got, as it shows it: masked and flat."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from terminal_sim.core.message import HostReply, HostRequest
from terminal_sim.host.scripts import results_in, scripts_in, told_by_card
from terminal_sim.secret import mask_pan

Field = str | int

ALWAYS_SEEN = ("terminal", "merchant", "stan", "reference", "amount", "currency", "entry", "at", "response")
SOMETIMES_SEEN = (
    "pan",
    "fallback",
    "sequence",
    "original",
    "original-stan",
    "reason",
    "batch",
    "postal-code",
    "street-number",
    "avs",
    "authorised",
    "auth-code",
    "host-reference",
    "script",
    "script-results",
    "card-scripts",
    "sales",
    "voids",
    "refunds",
    "note",
)


class SeenMessage(Struct, frozen=True, kw_only=True):
    """A request as the acquirer decoded it. `kind` is the name of its `MessageKind`, `mti` what the dialect calls it.

    `fields` has every name of `ALWAYS_SEEN` and, where they apply, names of `SOMETIMES_SEEN`. `response` is the code of the
    answer, also where the answer got lost; of a host on a network it is empty while none has come.
    """

    kind: str
    mti: str
    fields: Mapping[str, Field]


def seen(request: HostRequest, reply: HostReply | None, note: str, mti: str) -> SeenMessage:
    """What is kept of a request and of its reply, where there is one; `note` says what decided, `mti` is the dialect's label of the request."""
    fields: dict[str, Field] = {
        "terminal": request.terminal,
        "merchant": request.merchant,
        "stan": request.stan,
        "reference": request.reference,
        "amount": request.amount.minor,
        "currency": request.amount.currency,
        "entry": "" if request.entry is None else request.entry.value,
        "at": request.at.isoformat(sep=" "),
        "response": "" if reply is None else reply.response_code,
    }
    fields.update({name: value for name, value in sometimes(request, reply, note).items() if value})
    return SeenMessage(kind=request.kind.value, mti=mti, fields=fields)


def sometimes(request: HostRequest, reply: HostReply | None, note: str) -> dict[str, Field]:
    """Every name of `SOMETIMES_SEEN` with its value, which is empty or 0 where it does not apply.

    `sales`, `voids` and `refunds` say how many a reconciliation counts.
    """
    pan, original, avs, totals = request.card_number, request.original, request.avs, request.totals
    return {
        "pan": "" if pan is None else mask_pan(pan.reveal()),
        "fallback": "chip" if request.fallback else "",
        "sequence": request.sequence,
        "original": "" if original is None else original.reference,
        "original-stan": 0 if original is None else original.stan,
        "reason": request.reason,
        "batch": request.batch,
        "postal-code": "" if avs is None else avs.postal_code,
        "street-number": "" if avs is None else avs.street_number,
        "avs": "" if reply is None else reply.avs_result,
        "authorised": 0 if reply is None or reply.authorised is None else reply.authorised.minor,
        "auth-code": "" if reply is None else reply.auth_code,
        "host-reference": "" if reply is None else reply.host_reference,
        "script": scripts_in(reply.icc_data) if reply is not None and reply.icc_data else "",
        "script-results": results_in(request.icc_data) if request.icc_data else "",
        "card-scripts": told_by_card(request.icc_data) if request.icc_data else "",
        "sales": 0 if totals is None else totals.sales.count,
        "voids": 0 if totals is None else totals.voids.count,
        "refunds": 0 if totals is None else totals.refunds.count,
        "note": note,
    }
