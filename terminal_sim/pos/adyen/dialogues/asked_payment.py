"""A Payment as the terminal is asked for it: amount, kind, and what it may be made with. Raises `NotServed` for what no terminal does."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from decimal import Decimal

from terminal_sim.core.message import EntryMode
from terminal_sim.core.money import Money
from terminal_sim.core.payment_request import PaymentRequest, RequestedPayment
from terminal_sim.pos.adyen.messages.additional import AdditionalDataError, read_additional
from terminal_sim.pos.adyen.messages.brands import brand_named
from terminal_sim.pos.adyen.messages.common import SaleData
from terminal_sim.pos.adyen.messages.refusals import UNSERVED, NotServed, RequestFailure
from terminal_sim.pos.adyen.messages.requests import NexoPaymentRequest
from terminal_sim.pos.adyen.messages.values import EntryModeName, ErrorCondition, NexoPaymentType
from terminal_sim.pos.adyen.service.device import TerminalIdentity

_AMOUNT = RequestFailure(ErrorCondition.NOT_ALLOWED, "The amount is not one of this currency")
_NO_ENTRY = RequestFailure(ErrorCondition.UNAVAILABLE_DEVICE, "The terminal reads no card in this way")
_ENTRIES: Mapping[str, EntryMode] = {
    EntryModeName.ICC.value: EntryMode.CHIP,
    EntryModeName.MAG_STRIPE.value: EntryMode.STRIPE,
    EntryModeName.CONTACTLESS.value: EntryMode.CONTACTLESS,
    EntryModeName.TAPPED.value: EntryMode.CONTACTLESS,
    EntryModeName.KEYED.value: EntryMode.KEYED,
    EntryModeName.MANUAL.value: EntryMode.KEYED,
}


def asked_payment(
    identity: TerminalIdentity, request: str, register: str, body: NexoPaymentRequest, card: str
) -> PaymentRequest:
    """The request with the id `request`, by the point of sale `register`, with the card that was read for the request `card` where there is one."""
    options = tender_options(body.sale_data)
    transaction, sale = body.payment_transaction, body.sale_data
    conditions = transaction.transaction_conditions
    entries = entries_of((conditions.force_entry_mode if conditions is not None else None) or ())
    brands = (conditions.allowed_payment_brand if conditions is not None else None) or ()
    return PaymentRequest(
        id=request,
        amount=asked_money(
            identity, transaction.amounts_req.requested_amount, transaction.amounts_req.currency
        ),
        ticket=sale.sale_transaction_id.transaction_id,
        server=sale.operator_id or "",
        register=register,
        payment=_kind(body, options, entries),
        brands=tuple(brand_named(name) for name in brands),
        entries=entries,
        card=card,
    )


def asked_money(identity: TerminalIdentity, amount: Decimal, currency: str) -> Money:
    """An amount of the currency's main unit."""
    if currency != identity.currency:
        raise NotServed(
            RequestFailure(
                ErrorCondition.NOT_ALLOWED, f"The currency of this terminal is {identity.currency}"
            )
        )
    minor = amount.scaleb(identity.exponent) if amount.is_finite() else Decimal("NaN")
    if not minor.is_finite() or minor != minor.to_integral_value() or minor <= 0:
        raise NotServed(_AMOUNT)
    return Money(int(minor), currency)


def entries_of(names: Collection[str]) -> tuple[EntryMode, ...]:
    """The ways in that `names` leave; none named: all of the terminal."""
    entries = tuple({_ENTRIES[name]: None for name in names if name in _ENTRIES})
    if names and not entries:
        raise NotServed(_NO_ENTRY)
    return entries


def tender_options(data: SaleData | None) -> Collection[str]:
    """The options of the point of sale's own data."""
    try:
        _, members = read_additional((data.sale_to_acquirer_data if data is not None else None) or "")
    except AdditionalDataError as wrong:
        said = f"At SaleToPOIRequest, field SaleToAcquirerData: {wrong}"
        raise NotServed(RequestFailure(ErrorCondition.MESSAGE_FORMAT, said)) from None
    return members.get("tenderOption", "").split(",")


def _kind(
    body: NexoPaymentRequest, options: Collection[str], entries: tuple[EntryMode, ...]
) -> RequestedPayment:
    """What the terminal is to do; a number that is to be typed is a payment without the card."""
    kind = body.payment_data.payment_type if body.payment_data is not None else None
    if kind is NexoPaymentType.REFUND:
        return RequestedPayment.REFUND
    if kind not in (None, NexoPaymentType.NORMAL):
        raise NotServed(UNSERVED)
    typed = "MOTO" in options or entries == (EntryMode.KEYED,)
    return RequestedPayment.MOTO if typed else RequestedPayment.SALE
