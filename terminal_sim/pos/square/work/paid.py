"""A payment of a terminal's journal as the service tells it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from msgspec.structs import replace

from terminal_sim.core.message import EntryMode
from terminal_sim.core.payment import Payment, PaymentState
from terminal_sim.pos.square.objects.base import SquareMoney
from terminal_sim.pos.square.objects.durations import CARD_PRESENT_DELAY, KEYED_DELAY, delay
from terminal_sim.pos.square.objects.payments import (
    AUTHORIZED,
    CAPTURED,
    CardPaymentDetails,
    OfflinePaymentDetails,
    SquareCard,
    SquareDeviceDetails,
    SquarePayment,
)
from terminal_sim.pos.square.objects.requests import PaymentOptions, TerminalCheckout
from terminal_sim.pos.square.objects.values import DelayAction, PaymentStatus
from terminal_sim.pos.square.service.service import LOCATION, SquareService, money, timestamp
from terminal_sim.pos.square.service.world import SquareDevice

_BRANDS = {
    "visa": "VISA",
    "mastercard": "MASTERCARD",
    "amex": "AMERICAN_EXPRESS",
    "interac": "INTERAC",
    "discover": "DISCOVER",
    "jcb": "JCB",
    "unionpay": "CHINA_UNIONPAY",
    "square-gift": "SQUARE_GIFT_CARD",
}
_ENTRIES: Mapping[EntryMode, str] = {
    EntryMode.CHIP: "EMV",
    EntryMode.CONTACTLESS: "CONTACTLESS",
    EntryMode.STRIPE: "SWIPED",
    EntryMode.KEYED: "KEYED",
}
_VERIFIED = {
    "signature": "SIGNATURE",
    "online-pin": "PIN",
    "offline-pin": "PIN",
    "on-device": "ON_DEVICE",
    "no-cvm": "NO_CVM",
}
_BIN = 6
_RECEIPT_NUMBER = 4
PRESENCE_BRAND = "interac"
"""Money goes back to a card of this brand only when the card is there (Interac)."""


def payment_for(
    service: SquareService,
    name: str,
    checkout_id: str,
    checkout: TerminalCheckout,
    payment: Payment,
    device: SquareDevice,
) -> SquarePayment:
    """The payment `name` of a checkout, which `device` has taken."""
    options = checkout.payment_options or PaymentOptions()
    total = money(payment.amount)
    tip = tip_of(checkout, total)
    approved = options.autocomplete is False
    offline = payment.state in (PaymentState.PENDING, PaymentState.FORWARD_SENT)
    details = SquareDeviceDetails(device_id=device.id, device_name=device.name)
    status = PaymentStatus.APPROVED if approved else PaymentStatus.COMPLETED
    if payment.state is PaymentState.VOIDED:
        status = PaymentStatus.CANCELED
    paid = SquarePayment(
        id=name,
        created_at=timestamp(payment.at),
        updated_at=service.stamp,
        amount_money=SquareMoney(
            amount=total.amount - (tip.amount if tip is not None else 0), currency=total.currency
        ),
        tip_money=tip,
        total_money=total,
        approved_money=total,
        app_fee_money=checkout.app_fee_money,
        status=status,
        source_type="CARD",
        card_details=_card_details(payment, AUTHORIZED if approved else CAPTURED),
        location_id=LOCATION,
        order_id=checkout.order_id,
        reference_id=checkout.reference_id,
        customer_id=checkout.customer_id,
        team_member_id=checkout.team_member_id,
        note=checkout.note,
        statement_description_identifier=checkout.statement_description_identifier,
        receipt_number=name[:_RECEIPT_NUMBER],
        device_details=details,
        terminal_checkout_id=checkout_id,
        is_offline_payment=True if offline else None,
        offline_payment_details=OfflinePaymentDetails(client_created_at=timestamp(payment.at))
        if offline
        else None,
        version_token=name[::-1],
    )
    return _delayed(service, paid, options, payment) if status is PaymentStatus.APPROVED else paid


def _delayed(
    service: SquareService, paid: SquarePayment, options: PaymentOptions, payment: Payment
) -> SquarePayment:
    """The payment with what becomes of it when nobody completes it."""
    usual = KEYED_DELAY if payment.entry is EntryMode.KEYED else CARD_PRESENT_DELAY
    lasts = options.delay_duration or usual
    until = service.world.now.civil + timedelta(microseconds=delay(lasts))
    return replace(
        paid,
        delay_duration=lasts,
        delay_action=options.delay_action or DelayAction.CANCEL,
        delayed_until=timestamp(until),
    )


def tip_of(checkout: TerminalCheckout, total: SquareMoney) -> SquareMoney | None:
    """What was paid above the amount of the checkout: it is a tip, whoever has chosen it. None where nothing was."""
    above = total.amount - checkout.amount_money.amount
    return SquareMoney(amount=above, currency=total.currency) if above > 0 else None


def _card_details(payment: Payment, status: str) -> CardPaymentDetails:
    return CardPaymentDetails(
        status=status,
        card=SquareCard(
            card_brand=_BRANDS.get(payment.brand, "OTHER_BRAND"),
            last_4=payment.last4,
            bin=payment.pan[:_BIN] if payment.pan[:_BIN].isdigit() else None,
        ),
        entry_method=_ENTRIES[payment.entry],
        auth_result_code=payment.auth_code or None,
        application_identifier=payment.aid or None,
        application_name=payment.label or None,
        application_cryptogram=payment.cryptogram.lower() or None,
        verification_method=_VERIFIED.get(payment.cvm),
        refund_requires_card_presence=True if payment.brand == PRESENCE_BRAND else None,
    )
