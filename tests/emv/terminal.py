"""A terminal to hold conversations with: configuration, requests, and a host that verifies every ARQC."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.data.apdu import Cryptogram
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.kernels.transaction import transaction
from terminal_sim.emv.keys import derivation
from terminal_sim.emv.keys.cryptogram_versions import CardCryptogram
from terminal_sim.emv.talk.answers import (
    ApplicationChoice,
    HostDecision,
    PinBlock,
    PresentedAgain,
    ResponseApdu,
)
from terminal_sim.emv.talk.asks import (
    ChooseApplication,
    Command,
    EnterPin,
    FindException,
    FindTorn,
    GoOnline,
    PresentAgain,
    Show,
    SumAmounts,
)
from terminal_sim.emv.talk.config import Application, KernelConfig
from terminal_sim.emv.talk.conversation import Conversation, KernelAnswer, KernelAsk
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Outcome
from terminal_sim.emv.talk.request import Interface, Request
from terminal_sim.runtime.card_log import CardLog
from terminal_sim.runtime.key_store import FixedPinKey, KeyStore
from terminal_sim.secret import Secret

ISSUER_KEY = Secret(bytes.fromhex("0123456789ABCDEFFEDCBA9876543210"))
PIN_KEY = Secret(bytes.fromhex("F1E1D1C1B1A191817161514131211101"))

AIDS = {
    "visa": "A0000000031010",
    "mastercard": "A0000000041010",
    "interac": "A0000002771010",
    "amex": "A00000002501",
    "maestro": "A0000000043060",
    "discover": "A0000001523010",
    "jcb": "A0000000651010",
    "unionpay": "A000000333",
}

Host = Callable[[GoOnline], HostDecision]


class Answering(Protocol):
    def transmit(self, apdu: bytes, /) -> bytes: ...


def approving_host(ask: GoOnline) -> HostDecision:
    """Approves what carries a good ARQC, with an ARPC; 82 otherwise, 30 where something is missing."""
    key = derivation.icc_key(ISSUER_KEY, ask.card.pan, ask.card.sequence or "00")
    try:
        good = CardCryptogram.of(ask.icc_data).is_genuine(key)
    except TlvError:
        return HostDecision(response_code="30")
    return answering(ask, "00" if good else "82")


def answering(ask: GoOnline, code: str) -> HostDecision:
    """The issuer's answer `code`, authenticated as the cryptogram's version wants it."""
    key = derivation.icc_key(ISSUER_KEY, ask.card.pan, ask.card.sequence or "00")
    status = bytes.fromhex("00820000") if code == "00" else bytes(4)
    data = CardCryptogram.of(ask.icc_data).authentication_data(key, code, status=status)
    return HostDecision(response_code=code, icc_data=tlv.encode(tags.ISSUER_AUTHENTICATION_DATA, data))


@dataclass
class Terminal:
    """Drives conversations; `asks` is what the last one asked, `answers` what the card said to each command."""

    config: KernelConfig
    keys: KeyStore = field(default_factory=lambda: KeyStore(FixedPinKey(PIN_KEY)))
    host: Host = approving_host
    pins: list[str | None] = field(default_factory=list)
    choice: int = 0
    comes_back: bool = True
    asks: list[KernelAsk] = field(default_factory=list)
    answers: list[bytes] = field(default_factory=list)
    messages: list[DisplayMessage] = field(default_factory=list)
    cards: CardLog = field(default_factory=CardLog)

    def request(
        self, interface: Interface, amount: int = 1250, date: str = "261121", kind: str = "00"
    ) -> Request:
        return Request(
            interface=interface,
            amount=amount,
            date=date,
            time="101500",
            unpredictable=bytes.fromhex("12345678"),
            transaction_type=kind,
            sequence=42,
        )

    def pay(self, card: Answering | None, request: Request) -> Outcome:
        assert card is not None
        self.asks, self.answers, self.messages = [], [], []
        return self._converse(transaction(self.config, request), card)

    def _converse(self, conversation: Conversation[Outcome], card: Answering) -> Outcome:
        try:
            ask = next(conversation)
            while True:
                self.asks.append(ask)
                ask = conversation.send(self._answer(card, ask))
        except StopIteration as end:
            outcome: Outcome = end.value
            return outcome

    def _answer(self, card: Answering, ask: KernelAsk) -> KernelAnswer:
        match ask:
            case Command():
                self.answers.append(card.transmit(ask.apdu))
                return ResponseApdu(self.answers[-1])
            case Show():
                self.messages.append(ask.message)
                return None
            case FindException() | SumAmounts() | FindTorn():
                return self.cards.answer(ask)
            case ChooseApplication():
                return ApplicationChoice(self.choice)
            case EnterPin():
                typed = self.pins.pop(0)
                if typed is None:
                    return PinBlock(None)
                pin = Secret(typed)
                if ask.pan is None:
                    return PinBlock(self.keys.card_block(pin, ask.encipher))
                return self.keys.pin_block(pin, ask.pan)
            case GoOnline():
                return self.host(ask)
            case PresentAgain():
                return PresentedAgain(self.comes_back)

    def chip(self, card: VirtualCard, amount: int = 1250, **more: str) -> Outcome:
        assert card.chip is not None
        card.chip.reset()
        return self.pay(card.chip, self.request(Interface.CONTACT, amount, **more))

    def tap(self, card: VirtualCard, amount: int = 1250, **more: str) -> Outcome:
        assert card.contactless is not None
        card.contactless.reset()
        return self.pay(card.contactless, self.request(Interface.CONTACTLESS, amount, **more))

    @property
    def asked_for_tc(self) -> bool:
        """Whether the last GENERATE AC asked the card to approve, as it must have where no issuer did."""
        asked = [command.apdu[2] & 0xC0 for command in self.commands if command.apdu[:2] == b"\x80\xae"]
        return asked[-1:] == [Cryptogram.TC]

    @property
    def commands(self) -> list[Command]:
        return [ask for ask in self.asks if isinstance(ask, Command)]


def configuration() -> KernelConfig:
    return KernelConfig(
        applications=tuple(Application(aid=bytes.fromhex(aid), brand=brand) for brand, aid in AIDS.items()),
        country="124",
        currency="124",
        currency_exponent=2,
        capabilities=bytes.fromhex("E0E8C8"),
        terminal_id="TSIM0001",
        merchant_id="TSIM00000000001",
    )
