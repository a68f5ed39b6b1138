from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.cards.profile.faces import CardApplication
from terminal_sim.emv.data import tags, tlv, tvr
from terminal_sim.emv.keys import pinblock
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.emv.talk.answers import HostDecision
from terminal_sim.emv.talk.asks import ChooseApplication, EnterPin, GoOnline, Show, Step
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Verdict
from terminal_sim.emv.talk.request import Interface
from terminal_sim.secret import Secret
from tests.emv.table import rows
from tests.emv.terminal import PIN_KEY, Terminal

Cards = Callable[[str], VirtualCard]


def limited(terminal: Terminal, *, limit: int | None = None, cvm_limit: int | None = None) -> None:
    terminal.config = replace(
        terminal.config,
        applications=tuple(
            replace(one, contactless_limit=limit, contactless_cvm_limit=cvm_limit)
            for one in terminal.config.applications
        ),
    )


def with_face(card: VirtualCard, keys: IssuerKeys, **changes: object) -> VirtualCard:
    face = card.personality.contactless
    assert face is not None
    return catalogue.make(replace(card.personality, contactless=replace(face, **changes)), keys)  # type: ignore[arg-type]


def test_a_tap_is_four_commands_and_the_host(terminal: Terminal, card: Cards) -> None:
    outcome = terminal.tap(card("visa-credit"))
    assert (outcome.verdict, outcome.cvm, outcome.went_online) == (Verdict.APPROVED, "no-cvm", True)
    assert [command.step for command in terminal.commands] == [Step.SELECT, Step.SELECT, Step.GPO, Step.READ]
    assert isinstance(terminal.asks[-1], GoOnline)
    assert outcome.card is not None
    assert (outcome.card.pan, outcome.card.expiry) == (Secret("4111111111111111"), "3003")
    assert outcome.tvr == bytes(5)


def test_the_phone_verified_its_owner(terminal: Terminal, card: Cards) -> None:
    limited(terminal, cvm_limit=100)
    outcome = terminal.tap(card("phone"))
    assert (outcome.verdict, outcome.cvm) == (Verdict.APPROVED, "on-device")


CVMS = [
    ("below the limit nobody is asked", "interac-debit", 25_000, "E060C8", "no-cvm"),
    ("above it the PIN goes to the issuer", "interac-debit", 25_001, "E060C8", "online-pin"),
    ("or a signature is given", "visa-credit", 25_001, "E060C8", "signature"),
]


@pytest.mark.parametrize(("name", "amount", "capabilities", "done"), rows(CVMS))
def test_above_the_limit_the_cardholder_is_verified(
    terminal: Terminal, card: Cards, name: str, amount: int, capabilities: str, done: str
) -> None:
    limited(terminal, cvm_limit=25_000)
    terminal.config = replace(terminal.config, capabilities=bytes.fromhex(capabilities))
    terminal.pins = ["1234"]
    outcome = terminal.tap(card(name), amount=amount)
    assert (outcome.verdict, outcome.cvm) == (Verdict.APPROVED, done)
    ask = terminal.asks[-1]
    assert isinstance(ask, GoOnline)
    assert (ask.pin_block is not None) == (done == "online-pin")
    if ask.pin_block is not None:
        clear = pinblock.decipher(ask.pin_block, PIN_KEY)
        assert pinblock.read_format0(clear, ask.card.pan) == Secret("1234")


def test_no_common_verification_above_the_limit_is_a_decline(terminal: Terminal, card: Cards) -> None:
    limited(terminal, cvm_limit=0)
    terminal.config = replace(terminal.config, capabilities=bytes.fromhex("E000C8"))
    outcome = terminal.tap(card("visa-credit"))
    assert (outcome.verdict, outcome.went_online) == (Verdict.DECLINED, False)


def test_a_pin_that_is_not_entered_is_a_decline(terminal: Terminal, card: Cards) -> None:
    limited(terminal, cvm_limit=0)
    terminal.pins = [None]
    outcome = terminal.tap(card("interac-debit"))
    assert (outcome.verdict, outcome.went_online) == (Verdict.DECLINED, False)


def test_the_card_speaks_its_language_before_the_pin(terminal: Terminal, card: Cards) -> None:
    limited(terminal, cvm_limit=0)
    terminal.pins = ["1234"]
    terminal.tap(card("interac-debit"))
    ask = next(ask for ask in terminal.asks if isinstance(ask, EnterPin))
    assert ask == EnterPin(pan=card("interac-debit").personality.pan, languages=("en", "fr"))


def test_the_cards_wish_for_its_contacts_is_use_chip(
    terminal: Terminal, card: Cards, keys: IssuerKeys
) -> None:
    visa = with_face(card("visa-credit"), keys, contact_above=5_000)
    assert terminal.tap(visa, amount=5_000).verdict is Verdict.APPROVED
    outcome = terminal.tap(visa, amount=5_001)
    assert (outcome.verdict, outcome.went_online) == (Verdict.USE_CHIP, False)


def test_above_the_terminals_limit_the_card_is_to_be_inserted(terminal: Terminal, card: Cards) -> None:
    limited(terminal, limit=10_000)
    assert terminal.tap(card("visa-credit"), amount=9_999).verdict is Verdict.APPROVED
    outcome = terminal.tap(card("visa-credit"), amount=10_000)
    assert (outcome.verdict, outcome.messages) == (Verdict.USE_CHIP, (DisplayMessage.TRY_ANOTHER_CARD,))
    assert terminal.tap(card("mastercard-pin"), amount=10_000).verdict is Verdict.APPROVED
    outcome = terminal.tap(card("mastercard-pin"), amount=10_001)
    assert (outcome.verdict, outcome.messages) == (Verdict.USE_CHIP, (DisplayMessage.INSERT_OR_SWIPE,))


def test_an_application_that_is_not_offered_contactless_is_to_be_inserted(
    terminal: Terminal, card: Cards
) -> None:
    terminal.config = replace(
        terminal.config,
        applications=tuple(replace(one, contactless=False) for one in terminal.config.applications),
    )
    assert terminal.tap(card("visa-credit")).verdict is Verdict.USE_CHIP


def test_the_first_of_several_is_taken_without_asking(
    terminal: Terminal, card: Cards, keys: IssuerKeys
) -> None:
    several = with_face(
        card("visa-credit"),
        keys,
        applications=(
            CardApplication(aid="A0000002771010", label="INTERAC", priority=0),
            CardApplication(aid="A0000000041010", label="MASTERCARD", priority=2),
            CardApplication(aid="A0000000031010", label="VISA", priority=1, confirm=True),
        ),
    )
    outcome = terminal.tap(several)
    assert not any(isinstance(ask, ChooseApplication) for ask in terminal.asks)
    assert outcome.card is not None
    assert outcome.card.brand == "visa"


def test_the_host_ends_it(terminal: Terminal, card: Cards) -> None:
    terminal.host = lambda _: HostDecision(response_code="05")
    outcome = terminal.tap(card("visa-credit"))
    assert (outcome.verdict, outcome.reason) == (Verdict.DECLINED, "declined by the issuer (05)")
    terminal.host = lambda _: HostDecision(response_code=None)
    outcome = terminal.tap(card("visa-credit"))
    assert (outcome.verdict, outcome.went_online) == (Verdict.DECLINED, False)


LATE = ("mastercard-pin", "amex-credit", "interac-debit")


@pytest.mark.parametrize("name", LATE)
def test_a_card_that_answers_with_its_file_list_is_asked_for_one_cryptogram(
    terminal: Terminal, card: Cards, name: str
) -> None:
    outcome = terminal.tap(card(name))
    assert (outcome.verdict, outcome.cvm, outcome.went_online) == (Verdict.APPROVED, "no-cvm", True)
    steps = [command.step for command in terminal.commands]
    assert steps == [Step.SELECT, Step.SELECT, Step.GPO, Step.READ, Step.READ, Step.READ, Step.GENAC1]
    sent = dict(tlv.split(outcome.icc_data))
    assert {tags.CRYPTOGRAM, tags.CRYPTOGRAM_INFORMATION, tags.ISSUER_APPLICATION_DATA, tags.ATC} <= set(sent)
    assert outcome.tvr == sent[tags.TVR] == bytes.fromhex("8000008000")


LATE_CVMS = [
    ("up to the limit the terminal takes none", "mastercard-pin", 100, "no-cvm", "1F0302", "E008C8"),
    ("above it the PIN goes to the issuer", "mastercard-pin", 101, "online-pin", "420300", "E060C8"),
    ("or a signature is given", "amex-credit", 101, "signature", "5E0300", "E060C8"),
    ("a device says that it knows its owner", "device", 101, "on-device", "010002", "E060C8"),
    ("which is not needed up to the limit", "device", 100, "no-cvm", "3F0002", "E008C8"),
]


@pytest.mark.parametrize(("name", "amount", "done", "results", "capabilities"), rows(LATE_CVMS))
def test_a_cryptogram_made_after_the_records_certifies_the_verification(
    terminal: Terminal,
    card: Cards,
    keys: IssuerKeys,
    name: str,
    amount: int,
    done: str,
    results: str,
    capabilities: str,
) -> None:
    limited(terminal, cvm_limit=100)
    terminal.pins = ["1234"]
    paying = with_face(card("mastercard-pin"), keys, cvm=("on-device",)) if name == "device" else card(name)
    outcome = terminal.tap(paying, amount=amount)
    assert (outcome.verdict, outcome.cvm) == (Verdict.APPROVED, done), outcome.reason
    sent = dict(tlv.split(outcome.icc_data))
    assert sent[tags.CVM_RESULTS].hex().upper() == results
    assert sent[tags.CAPABILITIES].hex().upper() == capabilities


def test_the_pin_is_typed_when_the_card_has_left(terminal: Terminal, card: Cards) -> None:
    limited(terminal, cvm_limit=0)
    terminal.pins = ["1234"]
    terminal.tap(card("mastercard-pin"))
    last = [type(ask) for ask in terminal.asks[-3:]]
    assert last == [Show, EnterPin, GoOnline]
    assert terminal.asks[-4] is terminal.commands[-1]
    assert terminal.messages == [DisplayMessage.CARD_READ_OK]
    terminal.pins = [None]
    outcome = terminal.tap(card("mastercard-pin"))
    assert (outcome.verdict, outcome.went_online) == (Verdict.DECLINED, False)


def test_a_verification_that_no_one_can_perform_is_certified_as_failed(
    terminal: Terminal, card: Cards
) -> None:
    limited(terminal, cvm_limit=0)
    terminal.config = replace(terminal.config, capabilities=bytes.fromhex("E000C8"))
    outcome = terminal.tap(card("amex-credit"))
    assert int.from_bytes(outcome.tvr) & tvr.CVM_FAILED
    assert outcome.cvm == ""


def test_a_tap_that_the_action_codes_deny_is_refused_by_its_card(terminal: Terminal, card: Cards) -> None:
    outcome = terminal.tap(card("mastercard-pin"), date="310101")
    assert outcome.went_online
    terminal.config = replace(
        terminal.config,
        applications=tuple(
            replace(one, tac_denial=bytes.fromhex("0040000000")) for one in terminal.config.applications
        ),
    )
    outcome = terminal.tap(card("mastercard-pin"), date="310101")
    assert (outcome.verdict, outcome.went_online) == (Verdict.DECLINED, False)
    assert outcome.reason == "declined by the terminal"


class Changed:
    """A card whose answer to one command is changed."""

    def __init__(self, card: VirtualCard, instruction: int, change: Callable[[bytes], bytes]) -> None:
        assert card.contactless is not None
        card.contactless.reset()
        self._card, self._instruction, self._change = card.contactless, instruction, change

    def transmit(self, apdu: bytes) -> bytes:
        answer = self._card.transmit(apdu)
        return self._change(answer) if apdu[1] == self._instruction else answer


def without(tag: int) -> Callable[[bytes], bytes]:
    def change(answer: bytes) -> bytes:
        kept = [one for one in tlv.split(tlv.only(answer[:-2], 0x77)) if one[0] != tag]
        return tlv.encode(0x77, tlv.join(kept)) + answer[-2:]

    return change


def instead(tag: int, value: str) -> Callable[[bytes], bytes]:
    def change(answer: bytes) -> bytes:
        found = tlv.split(tlv.only(answer[:-2], 0x77))
        made = [(one, bytes.fromhex(value) if one == tag else content) for one, content in found]
        return tlv.encode(0x77, tlv.join(made)) + answer[-2:]

    return change


def certified(information: str, wishes: str) -> Callable[[bytes], bytes]:
    """The answer with this cryptogram information (9F27) and these wishes (CTQ)."""
    return lambda answer: instead(tags.CTQ, wishes)(instead(tags.CRYPTOGRAM_INFORMATION, information)(answer))


CHANGES = [
    ("no cryptogram is another kernel's card", without(tags.CRYPTOGRAM), Verdict.USE_CHIP),
    ("no records are no fault", without(tags.AFL), Verdict.APPROVED),
    ("no track 2 is an error", without(tags.TRACK_2), Verdict.CARD_ERROR),
    ("no AIP is an error", without(tags.AIP), Verdict.CARD_ERROR),
    ("no counter is an error", without(tags.ATC), Verdict.CARD_ERROR),
    ("an AAC is a decline", instead(tags.CRYPTOGRAM_INFORMATION, "00"), Verdict.DECLINED),
    ("a TC proves nothing here", instead(tags.CRYPTOGRAM_INFORMATION, "40"), Verdict.DECLINED),
    ("6984 wants the contacts", lambda _: b"\x69\x84", Verdict.USE_CHIP),
    ("6985 passes on to the next, and there is none", lambda _: b"\x69\x85", Verdict.USE_CHIP),
    ("6986 wants a look at the device", lambda _: b"\x69\x86", Verdict.SEE_PHONE),
    ("6983 is blocked", lambda _: b"\x69\x83", Verdict.BLOCKED),
    ("anything else is an error", lambda _: b"\x6f\x00", Verdict.CARD_ERROR),
]


@pytest.mark.parametrize(("change", "verdict"), rows(CHANGES))
def test_what_comes_back_from_get_processing_options_decides(
    terminal: Terminal, card: Cards, change: Callable[[bytes], bytes], verdict: Verdict
) -> None:
    outcome = terminal.pay(
        Changed(card("visa-credit"), 0xA8, change), terminal.request(Interface.CONTACTLESS)
    )
    assert outcome.verdict is verdict, outcome.reason


UNPROVEN = [
    ("to the issuer as the card wishes", "2000", True, Verdict.APPROVED),
    ("to the contacts", "1000", False, Verdict.USE_CHIP),
    ("to the issuer first", "3000", True, Verdict.APPROVED),
    ("nowhere", "0000", False, Verdict.DECLINED),
]


@pytest.mark.parametrize(("wishes", "online", "verdict"), rows(UNPROVEN))
def test_a_tc_without_proof_goes_where_the_card_wishes(
    terminal: Terminal, card: Cards, wishes: str, online: bool, verdict: Verdict
) -> None:
    changed = Changed(card("visa-credit"), 0xA8, certified("40", wishes))
    outcome = terminal.pay(changed, terminal.request(Interface.CONTACTLESS))
    assert (outcome.verdict, outcome.went_online) == (verdict, online), outcome.reason


DEVICES = [
    ("with an ARQC", "80", "0080", Verdict.APPROVED, "on-device"),
    ("not with a TC that nothing signs", "40", "2080", Verdict.DECLINED, ""),
]


@pytest.mark.parametrize(("information", "wishes", "verdict", "done"), rows(DEVICES))
def test_the_word_of_a_device_that_it_knows_its_owner_is_believed(
    terminal: Terminal, card: Cards, information: str, wishes: str, verdict: Verdict, done: str
) -> None:
    limited(terminal, cvm_limit=0)
    changed = Changed(card("visa-credit"), 0xA8, certified(information, wishes))
    outcome = terminal.pay(changed, terminal.request(Interface.CONTACTLESS))
    assert (outcome.verdict, outcome.cvm) == (verdict, done), outcome.reason
