"""Mag-stripe mode of kernel 2 (EMV Book C-2): the card makes a code of a few digits, CVC3, that takes its place in its track 2 data.

1. It is for a card whose AIP lacks EMV mode (byte 2, bit 8), where the configuration of the application has `magstripe_mode`.
2. The terminal draws a number of as many digits as the card has places for: the bits of 9F66 without the digits of its counter (9F67).
3. COMPUTE CRYPTOGRAPHIC CHECKSUM (5.2) is answered by CVC3 (9F61) and the counter (9F36).
4. CVC3, number and counter go into the discretionary data of track 2 (9F6B). Bit n of a map, counted from the right, is the n-th digit
   from the right. The last digit says how many digits the number has, and five more where the device has verified its owner.
5. The request has that track and no DE 55, and every transaction asks the issuer. The cardholder is verified as DF811E says from
   the limit of verification on, and as DF812C says below it. Track 1 is left out, which no request carries.
"""

from __future__ import annotations

from typing import Final

from terminal_sim.emv.data import dictionaries, dol, tags, tlv, track
from terminal_sim.emv.data.apdu import StatusWord
from terminal_sim.emv.data.entropy import draw
from terminal_sim.emv.data.fields import numeric
from terminal_sim.emv.data.track import TrackError
from terminal_sim.emv.steps import commands, cvm, pin, read, tap
from terminal_sim.emv.steps.card_objects import CardObjects, DataOrigin, Source
from terminal_sim.emv.steps.entry_point import Combination
from terminal_sim.emv.steps.exchange import CardError, Ended, exchange, fault
from terminal_sim.emv.steps.state import Transaction
from terminal_sim.emv.talk.conversation import Conversation
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Start
from terminal_sim.emv.talk.rules import Rule
from terminal_sim.secret import Secret

_KERNEL: Final = 2
_AIP_EMV_MODE: Final = 0x80
_CVC3_TRACK_2: Final = 0x9F61
_CVC3_MAP: Final = 0x9F65
_NUMBER_MAP: Final = 0x9F66
_COUNTER_DIGITS: Final = 0x9F67
_UDOL: Final = 0x9F69
_NUMBER: Final = 0x9F6A
_TRACK_2: Final = 0x9F6B
_READER_VERSION: Final = 0x9F6D
_INTERACTION: Final = 0xDF4B
_DEFAULT_UDOL: Final = 0xDF811A
_CVM_REQUIRED: Final = 0xDF811E
_CVM_NOT_REQUIRED: Final = 0xDF812C

_LONGEST_NUMBER: Final = 8
_VERIFIED_BY_DEVICE: Final = 0x10
"""Byte 2 of DF4B: the device has verified its owner."""
_WANTS_ITS_OWNER: Final = 0x0F
"""Byte 2 of DF4B: the device wants a verification, a consent or another transaction of its owner."""

_VERIFICATIONS: Final = {0x00: "no-cvm", 0x10: "signature", 0x20: "online-pin"}


def applies(transaction: Transaction) -> bool:
    """Whether the card is read in this mode."""
    emv_mode = transaction.card[tags.AIP][1] & _AIP_EMV_MODE
    return transaction.selected().magstripe_mode and not emv_mode


def certify(transaction: Transaction, combination: Combination) -> Conversation[None]:
    """Makes the track 2 for the issuer. Raises `Ended` where he is not to be asked."""
    transaction.magstripe = True
    transaction.card.understand(dictionaries.dictionary(_KERNEL))
    yield from tap.read_card(transaction)
    read.require(transaction, _TRACK_2, _CVC3_MAP, _NUMBER_MAP, _COUNTER_DIGITS)
    answer, number = yield from _compute_checksum(transaction)
    on_device = bool(_interaction(answer) & _VERIFIED_BY_DEVICE)
    transaction.card[tags.TRACK_2] = _with_checksum(transaction, answer, number, on_device=on_device)
    yield from tap.card_read(transaction)
    yield from _verify_cardholder(transaction, required=combination.cvm_required, on_device=on_device)


def with_checksum(
    discretionary: str, cvc3: bytes, number: str, counter: bytes, *, cvc3_map: int, number_map: int
) -> str:
    """The discretionary data of a track 2 with CVC3, `number` and the counter in the places of the maps; its last digit is left.

    Of CVC3 and counter, as decimal numbers, the last digits are taken. Raises `CardError` where a map names a place that is not there.
    """
    digits = list(discretionary)
    places = _places(number_map)
    for where, text in (
        (_places(cvc3_map), str(int.from_bytes(cvc3))),
        (places[: len(number)], number),
        (places[len(number) :], str(int.from_bytes(counter))),
    ):
        if where and where[-1] >= len(digits):
            raise CardError("a map of track 2 names a digit that is not there")
        for place, digit in zip(where, reversed(text.zfill(len(where))), strict=False):
            digits[-1 - place] = digit
    return "".join(digits)


def _compute_checksum(transaction: Transaction) -> Conversation[tuple[CardObjects, str]]:
    """The answer to COMPUTE CRYPTOGRAPHIC CHECKSUM, and the digits of the number that was drawn for it."""
    card, terminal = transaction.card, transaction.terminal
    places = len(_places(int.from_bytes(card[_NUMBER_MAP]))) - card[_COUNTER_DIGITS][0]
    if not 0 <= places <= _LONGEST_NUMBER:
        raise CardError(f"the card has {places} places for the unpredictable number")
    drawn = int.from_bytes(draw(transaction.request.entropy, "unpredictable number (numeric)", 8))
    number = str(drawn % 10**places).zfill(places) if places else ""
    terminal[_NUMBER] = numeric(number or "0", 4)
    terminal.setdefault(_READER_VERSION, b"\x00\x01")
    udol = card.get(_UDOL) or terminal.get(_DEFAULT_UDOL) or bytes.fromhex("9F6A04")
    response = yield from exchange(
        commands.compute_cryptographic_checksum(dol.build(udol, transaction.value))
    )
    if response.sw != StatusWord.OK:
        raise fault("COMPUTE CRYPTOGRAPHIC CHECKSUM", response.sw)
    answer = CardObjects()
    answer.understand(dictionaries.dictionary(_KERNEL))
    answer.take(
        tlv.primitives(tlv.only(response.data, tags.RESPONSE_FORMAT_2)), DataOrigin(Source.CRYPTOGRAM)
    )
    if tags.ATC not in answer:
        raise CardError("COMPUTE CRYPTOGRAPHIC CHECKSUM gives no 9F36")
    if _CVC3_TRACK_2 not in answer:
        raise _refused(answer)
    return answer, number


def _refused(answer: CardObjects) -> Ended:
    """What a card without a CVC3 wants: its owner's word, or no payment at all."""
    if not _interaction(answer) & _WANTS_ITS_OWNER:
        return Ended(Verdict.DECLINED, Rule.CARD_DECLINED)
    return Ended(
        Verdict.SEE_PHONE,
        Rule.CONTACTLESS_SEE_PHONE,
        start=Start.PROTOCOL_ACTIVATION,
        messages=(DisplayMessage.SEE_PHONE,),
        field_off=tap.CONSENT,
    )


def _with_checksum(transaction: Transaction, answer: CardObjects, number: str, *, on_device: bool) -> bytes:
    """The track 2 that goes to the issuer, in the form of tag 57."""
    card = transaction.card
    try:
        stripe = track.from_tag57(card[_TRACK_2])
        text = (stripe.track2 or Secret("")).reveal()
        account, _, rest = text.partition("=")
        fixed = len(stripe.expiry) + len(stripe.service_code)
        if not rest[fixed:]:
            raise CardError("the track 2 of the card has no discretionary data")
        discretionary = with_checksum(
            rest[fixed:],
            answer[_CVC3_TRACK_2],
            number,
            answer[tags.ATC],
            cvc3_map=int.from_bytes(card[_CVC3_MAP]),
            number_map=int.from_bytes(card[_NUMBER_MAP]),
        )
        last = (len(number) + 5 * on_device) % 10
        return track.to_tag57(Secret(f"{account}={rest[:fixed]}{discretionary[:-1]}{last}"))
    except TrackError as error:
        raise CardError(str(error)) from None


def _verify_cardholder(transaction: Transaction, *, required: bool, on_device: bool) -> Conversation[None]:
    """The verification that the configuration has for this amount. Raises `Ended` where the cardholder types no PIN."""
    if on_device:
        transaction.cvm = "on-device"
        return
    tag, usual = (_CVM_REQUIRED, _usual(transaction)) if required else (_CVM_NOT_REQUIRED, 0x00)
    method = transaction.terminal.get(tag, bytes((usual,)))[0]
    transaction.cvm = _VERIFICATIONS.get(method, "")
    if transaction.cvm == "online-pin" and not (yield from pin.online(transaction)):
        raise Ended(Verdict.DECLINED, Rule.CVM_PIN_BYPASSED)


def _usual(transaction: Transaction) -> int:
    """The verification of a terminal whose configuration has none: a PIN for the issuer where it takes one, else a signature."""
    return 0x20 if cvm.takes_online_pin(transaction) else 0x10


def _interaction(answer: CardObjects) -> int:
    """Byte 2 of the POS cardholder interaction information (DF4B), 0 where the card has none."""
    return answer.get(_INTERACTION, bytes(3))[1]


def _places(bits: int) -> list[int]:
    """The places of the bits that are set, from the right, the rightmost being 0."""
    return [place for place in range(bits.bit_length()) if bits >> place & 1]
