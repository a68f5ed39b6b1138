from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from msgspec import structs

from terminal_sim.cards import catalogue
from terminal_sim.cards.catalogue import VirtualCard
from terminal_sim.cards.profile.faces import CardApplication, ChipFace
from terminal_sim.cards.profile.traits import OfflineLimits
from terminal_sim.emv.data import tags, tlv
from terminal_sim.emv.kernels.transaction import transaction
from terminal_sim.emv.keys import pinblock
from terminal_sim.emv.keys.derivation import IssuerKeys
from terminal_sim.emv.steps.online import IssuerAnswer, issuer_answer
from terminal_sim.emv.talk.answers import ApplicationChoice, HostDecision
from terminal_sim.emv.talk.asks import ChooseApplication, Command, EnterPin, GoOnline, Step
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.messages import DisplayMessage
from terminal_sim.emv.talk.outcome import Outcome, Verdict
from terminal_sim.emv.talk.request import Interface
from terminal_sim.emv.talk.rules import Rule
from terminal_sim.runtime.card_log import CardLog
from terminal_sim.secret import Secret
from tests.emv.table import rows
from tests.emv.terminal import PIN_KEY, Terminal, answering, approving_host

Cards = Callable[[str], VirtualCard]
VISA = "A0000000031010"

TWO = ChipFace(
    applications=(
        CardApplication(aid="A0000002771010", label="INTERAC", priority=2),
        CardApplication(aid=VISA, label="VISA DEBIT", priority=1),
    )
)


def with_chip(card: VirtualCard, keys: IssuerKeys, chip: ChipFace) -> VirtualCard:
    return catalogue.make(replace(card.personality, chip=chip), keys)


def test_a_chip_pays_with_a_tc_that_certifies_the_sale(terminal: Terminal, card: Cards) -> None:
    outcome = terminal.chip(card("visa-credit"))
    assert outcome.verdict is Verdict.APPROVED
    assert outcome.went_online
    assert outcome.cvm == "no-cvm"
    assert outcome.card is not None
    assert outcome.card.label == "VISA CREDIT"
    assert outcome.card.pan == Secret("4111111111111111")
    final = dict(tlv.split(outcome.icc_data))
    assert final[tags.CRYPTOGRAM_INFORMATION] == b"\x40"
    assert final[tags.CRYPTOGRAM].hex().upper() == outcome.cryptogram
    assert final[tags.AMOUNT] == bytes.fromhex("000000001250")
    assert final[tags.CVM_RESULTS] == bytes.fromhex("5F0302")


def test_the_steps_come_in_the_order_of_the_book(terminal: Terminal, card: Cards) -> None:
    terminal.chip(card("visa-credit"))
    steps = [command.step for command in terminal.commands]
    assert steps == [Step.SELECT] * 4 + [Step.GPO] + [Step.READ] * 3 + [Step.GENAC1, Step.ONLINE, Step.GENAC2]


def test_the_request_to_the_host_holds_all_that_the_issuer_needs(terminal: Terminal, card: Cards) -> None:
    terminal.chip(card("visa-credit-fr"))
    ask = next(ask for ask in terminal.asks if isinstance(ask, GoOnline))
    assert ask.card.languages == ("fr", "en")
    assert (ask.card.expiry, ask.card.sequence, ask.card.service_code) == ("3003", "01", "201")
    assert ask.card.track2 is not None
    assert ask.card.track2.reveal().startswith("4035501000000008=3003201")
    sent = dict(tlv.split(ask.icc_data))
    assert {0x9F26, 0x9F27, 0x9F10, 0x9F37, 0x9F36, 0x95, 0x9A, 0x9C, 0x9F02, 0x5F2A, 0x82, 0x9F1A} <= set(
        sent
    )
    assert not any(tags.DICTIONARY[tag].sensitive for tag in sent)


def test_no_card_number_and_no_pin_is_shown_by_any_ask(terminal: Terminal, card: Cards) -> None:
    terminal.pins = ["1234"]
    outcome = terminal.chip(card("mastercard-pin"))
    shown = repr(terminal.asks) + repr(outcome)
    assert "5555444433331111" not in shown
    assert "1234" not in shown.replace("12345678", "")


def test_a_command_shows_its_step_and_not_the_pin_that_it_carries() -> None:
    verify = Command(bytes.fromhex("0020008008241234FFFFFFFFFF"), Step.OTHER)
    assert repr(verify) == f"Command(step={Step.OTHER!r})"


def test_a_wrong_arpc_ends_in_an_aac(terminal: Terminal, card: Cards) -> None:
    def forging_host(ask: GoOnline) -> HostDecision:
        good = tlv.only(approving_host(ask).icc_data, 0x91)
        return HostDecision(response_code="00", icc_data=tlv.encode(0x91, bytes((good[0] ^ 1,)) + good[1:]))

    terminal.host = forging_host
    for name, pin in (("visa-credit", []), ("visa-online-pin", ["4321"])):
        terminal.pins = list(pin)
        outcome = terminal.chip(card(name))
        assert (outcome.verdict, outcome.reason) == (Verdict.DECLINED, "declined by the card")
        assert outcome.went_online
        assert dict(tlv.split(outcome.icc_data))[tags.CRYPTOGRAM_INFORMATION] == b"\x00"


def test_external_authenticate_that_fails_stands_in_the_tvr(terminal: Terminal, card: Cards) -> None:
    terminal.host = lambda _: HostDecision(response_code="00", icc_data=tlv.encode(0x91, bytes(10)))
    outcome = terminal.chip(card("visa-credit"))
    assert outcome.tvr[4] & 0x40
    assert outcome.tsi[0] & 0x10


def test_an_arpc_for_another_response_code_does_not_approve(terminal: Terminal, card: Cards) -> None:
    terminal.host = lambda ask: replace(answering(ask, "05"), response_code="00")
    assert terminal.chip(card("visa-credit")).verdict is Verdict.DECLINED


def test_the_issuers_no_ends_in_an_aac(terminal: Terminal, card: Cards) -> None:
    terminal.host = lambda _: HostDecision(response_code="51")
    outcome = terminal.chip(card("visa-credit"))
    assert (outcome.verdict, outcome.reason) == (Verdict.DECLINED, "declined by the issuer (51)")
    assert terminal.commands[-1].apdu[2] == 0x00


def test_a_host_out_of_reach_leaves_the_decision_to_the_default_codes(
    terminal: Terminal, card: Cards
) -> None:
    terminal.host = lambda _: HostDecision(response_code=None)
    outcome = terminal.chip(card("visa-credit"))
    assert (outcome.verdict, outcome.went_online) == (Verdict.DECLINED, False)
    assert outcome.reason == "the issuer could not be reached"
    assert terminal.commands[-1].apdu[5:7] == b"Z3"


def test_an_approval_without_an_arpc_is_the_cards_to_judge(
    terminal: Terminal, card: Cards, keys: IssuerKeys
) -> None:
    terminal.host = lambda _: HostDecision(response_code="00")
    visa = card("visa-credit")
    assert terminal.chip(visa).verdict is Verdict.APPROVED
    assert visa.personality.chip is not None
    insisting = with_chip(visa, keys, replace(visa.personality.chip, insist=True))
    assert terminal.chip(insisting).verdict is Verdict.DECLINED


def test_a_denial_code_of_the_terminal_asks_for_an_aac_at_once(terminal: Terminal, card: Cards) -> None:
    visa = replace(terminal.config.applications[0], tac_denial=bytes.fromhex("8000000000"))
    terminal.config = replace(terminal.config, applications=(visa,))
    outcome = terminal.chip(card("visa-credit"))
    assert (outcome.verdict, outcome.reason) == (Verdict.DECLINED, "declined by the terminal")
    assert not outcome.went_online
    assert not any(isinstance(ask, GoOnline) for ask in terminal.asks)


RESTRICTIONS = [
    ("an expired card", "300401", 0x0040000000),
    ("a card that is still good on its last day", "300331", 0),
    ("a card before its first day", "191231", 0x0020000000),
    ("the last century", "991231", 0x0020000000),
]


@pytest.mark.parametrize(("date", "bit"), rows(RESTRICTIONS))
def test_dates_set_their_bits(terminal: Terminal, card: Cards, date: str, bit: int) -> None:
    tvr = int.from_bytes(terminal.chip(card("visa-credit"), date=date).tvr)
    assert tvr & 0x0060000000 == bit


def test_a_floor_limit_of_zero_is_always_exceeded_and_a_high_one_is_not(
    terminal: Terminal, card: Cards
) -> None:
    assert terminal.chip(card("visa-credit")).tvr[3] & 0x80
    visa = replace(terminal.config.applications[0], floor_limit=10_000)
    terminal.config = replace(terminal.config, applications=(visa,))
    assert not terminal.chip(card("visa-credit"), amount=9_999).tvr[3] & 0x80
    assert terminal.chip(card("visa-credit"), amount=10_000).tvr[3] & 0x80


def test_two_applications_are_the_cardholders_choice_by_priority(
    terminal: Terminal, card: Cards, keys: IssuerKeys
) -> None:
    two = with_chip(card("visa-credit-fr"), keys, TWO)
    terminal.choice = 1
    outcome = terminal.chip(two)
    ask = next(ask for ask in terminal.asks if isinstance(ask, ChooseApplication))
    assert ask.labels == ("VISA DEBIT", "INTERAC")
    assert ask.languages == ("fr", "en")
    assert outcome.card is not None
    assert (outcome.verdict, outcome.card.brand) == (Verdict.APPROVED, "interac")


def test_one_application_that_wants_confirmation_asks_for_it(
    terminal: Terminal, card: Cards, keys: IssuerKeys
) -> None:
    one = ChipFace(applications=(CardApplication(aid=VISA, label="VISA", confirm=True),))
    assert terminal.chip(with_chip(card("visa-credit"), keys, one)).verdict is Verdict.APPROVED
    assert any(isinstance(ask, ChooseApplication) for ask in terminal.asks)


def test_without_a_directory_the_list_of_aids_finds_every_occurrence(
    terminal: Terminal, card: Cards, keys: IssuerKeys
) -> None:
    several = ChipFace(
        directory=False,
        applications=(
            CardApplication(aid=VISA + "01", label="FIRST", priority=2),
            CardApplication(aid=VISA + "02", label="SECOND", priority=1),
            CardApplication(aid="A000000025010801", label="AMEX", priority=3),
        ),
    )
    outcome = terminal.chip(with_chip(card("visa-credit"), keys, several))
    ask = next(ask for ask in terminal.asks if isinstance(ask, ChooseApplication))
    assert ask.labels == ("SECOND", "FIRST", "AMEX")
    assert outcome.card is not None
    assert outcome.card.aid == VISA + "02"


def test_a_partial_name_is_not_matched_where_the_terminal_wants_the_whole(
    terminal: Terminal, card: Cards, keys: IssuerKeys
) -> None:
    whole = Application(aid=bytes.fromhex(VISA), brand="visa", partial=False)
    terminal.config = replace(terminal.config, applications=(whole,))
    longer = ChipFace(applications=(CardApplication(aid=VISA + "01", label="LONGER"),))
    assert terminal.chip(with_chip(card("visa-credit"), keys, longer)).verdict is Verdict.NOT_ACCEPTED


def test_a_card_of_another_scheme_is_not_accepted(terminal: Terminal, card: Cards) -> None:
    terminal.config = replace(terminal.config, applications=terminal.config.applications[1:])
    outcome = terminal.chip(card("visa-credit"))
    assert (outcome.verdict, outcome.card) == (Verdict.NOT_ACCEPTED, None)


def test_the_preferred_name_is_shown_where_the_terminal_has_its_letters(
    terminal: Terminal, card: Cards
) -> None:
    outcome = terminal.chip(card("amex-credit"))
    assert outcome.card is not None
    assert outcome.card.label == "Amex"
    terminal.config = replace(terminal.config, additional_capabilities=bytes.fromhex("F000F0A000"))
    outcome = terminal.chip(card("amex-credit"))
    assert outcome.card is not None
    assert outcome.card.label == "AMERICAN EXPRESS"


CVMS = [
    ("no CVM where the terminal has it", ("no-cvm", "signature"), "E008C8", "no-cvm", "5F0302", 0),
    ("signature where no CVM is not supported", ("no-cvm", "signature"), "E020C8", "signature", "1E0300", 0),
    ("signature before no CVM", ("signature", "no-cvm"), "E028C8", "signature", "5E0300", 0),
    ("online PIN", ("online-pin",), "E040C8", "online-pin", "020300", 0x04),
    ("nothing in common", ("online-pin",), "E008C8", "", "3F0001", 0x80),
]


@pytest.mark.parametrize(("cvm", "capabilities", "done", "results", "byte3"), rows(CVMS))
def test_the_first_supported_method_of_the_list_is_performed(
    terminal: Terminal,
    card: Cards,
    keys: IssuerKeys,
    cvm: tuple[str, ...],
    capabilities: str,
    done: str,
    results: str,
    byte3: int,
) -> None:
    visa = card("visa-credit")
    assert visa.personality.chip is not None
    terminal.config = replace(terminal.config, capabilities=bytes.fromhex(capabilities))
    terminal.pins = ["1234"]
    outcome = terminal.chip(with_chip(visa, keys, replace(visa.personality.chip, cvm=cvm)))
    assert outcome.cvm == done
    assert dict(tlv.split(outcome.icc_data))[tags.CVM_RESULTS] == bytes.fromhex(results)
    assert outcome.tvr[2] == byte3


def test_the_pin_block_is_the_pins(terminal: Terminal, card: Cards) -> None:
    terminal.pins = ["4321"]
    outcome = terminal.chip(card("visa-online-pin"))
    assert (outcome.verdict, outcome.cvm) == (Verdict.APPROVED, "online-pin")
    ask = next(ask for ask in terminal.asks if isinstance(ask, GoOnline))
    assert ask.pin_block is not None
    clear = pinblock.decipher(ask.pin_block, PIN_KEY)
    assert pinblock.read_format0(clear, ask.card.pan) == Secret("4321")


def test_a_bypassed_pin_fails_the_verification_and_asks_the_issuer_all_the_same(
    terminal: Terminal, card: Cards
) -> None:
    terminal.pins = [None]
    outcome = terminal.chip(card("visa-online-pin"))
    assert outcome.tvr[2] == 0x88
    assert outcome.cvm == ""
    ask = next(ask for ask in terminal.asks if isinstance(ask, GoOnline))
    assert ask.pin_block is None


def test_a_terminal_without_a_pin_key_has_no_pin_pad(terminal: Terminal, card: Cards) -> None:
    terminal.config = replace(terminal.config, has_pin_key=False)
    outcome = terminal.chip(card("visa-online-pin"))
    assert outcome.tvr[2] == 0x90
    assert not any(isinstance(ask, EnterPin) for ask in terminal.asks)


def test_the_card_counts_wrong_pins_and_forgives_with_the_right_one(terminal: Terminal, card: Cards) -> None:
    mastercard = card("mastercard-pin")
    terminal.pins = ["9999", "8888", "1234"]
    outcome = terminal.chip(mastercard)
    pins = [ask for ask in terminal.asks if isinstance(ask, EnterPin)]
    assert [(ask.tries_left, ask.wrong) for ask in pins] == [(3, False), (2, True), (1, True)]
    assert (outcome.verdict, outcome.cvm) == (Verdict.APPROVED, "offline-pin")
    terminal.pins = ["1234"]
    terminal.chip(mastercard)
    assert next(ask for ask in terminal.asks if isinstance(ask, EnterPin)).tries_left == 3


def test_a_pin_that_is_used_up_stays_so_and_the_next_method_serves(terminal: Terminal, card: Cards) -> None:
    mastercard = card("mastercard-pin")
    terminal.pins = ["9999", "9999", "9999"]
    outcome = terminal.chip(mastercard)
    assert outcome.tvr[2] & 0x20
    assert outcome.cvm == "signature"
    outcome = terminal.chip(mastercard)
    assert not any(isinstance(ask, EnterPin) for ask in terminal.asks)
    assert outcome.tvr[2] & 0x20


def with_scripts(decision: HostDecision, scripts: bytes) -> HostDecision:
    return replace(decision, icc_data=decision.icc_data + scripts)


def test_scripts_run_before_and_after_the_last_cryptogram(terminal: Terminal, card: Cards) -> None:
    unknown = tlv.encode(0x86, bytes.fromhex("8424000008") + bytes(8))
    known = tlv.encode(0x86, bytes.fromhex("80CA9F3600"))
    before = tlv.encode(0x71, tlv.encode(0x9F18, bytes.fromhex("00000001")) + known + unknown + known)
    after = tlv.encode(0x72, known)

    def host(ask: GoOnline) -> HostDecision:
        return with_scripts(approving_host(ask), before + after)

    terminal.host = host
    outcome = terminal.chip(card("visa-credit"))
    assert outcome.verdict is Verdict.APPROVED
    assert outcome.tvr[4] & 0x30 == 0x20
    assert outcome.tsi[0] & 0x04
    results = dict(tlv.split(outcome.icc_data))[tags.SCRIPT_RESULTS]
    assert results == bytes.fromhex("12 00000001 20 00000000")
    assert [command.step for command in terminal.commands[-2:]] == [Step.GENAC2, Step.OTHER]


@pytest.mark.parametrize("scripts", ["71", "7103860500", "71029F18", "7104 86021234", "FFFF"])
def test_a_damaged_script_fails_without_stopping_the_sale(
    terminal: Terminal, card: Cards, scripts: str
) -> None:
    terminal.host = lambda ask: with_scripts(approving_host(ask), bytes.fromhex(scripts))
    outcome = terminal.chip(card("visa-credit"))
    assert outcome.verdict is Verdict.APPROVED
    assert outcome.tvr[4] & 0x20


def test_the_answer_of_a_host_is_taken_apart() -> None:
    script = tlv.encode(0x72, b"\x86\x00")
    answer = tlv.encode(0x91, b"12345678") + script + tlv.encode(0x9F36, b"\x00\x01")
    assert issuer_answer(HostDecision(response_code="00", icc_data=answer)) == IssuerAnswer(
        "00", authentication=b"12345678", scripts=((0x72, b"\x86\x00"),)
    )
    assert issuer_answer(HostDecision(response_code="05")) == IssuerAnswer("05")
    damaged = HostDecision(response_code="05", icc_data=b"\x91\xff")
    assert issuer_answer(damaged) == IssuerAnswer("05", scripts=((0x71, b"\x91\xff"),))


def test_the_same_conversation_is_the_same_every_time(card: Cards, terminal: Terminal) -> None:
    def run() -> tuple[Outcome, list[bytes]]:
        outcome = terminal.chip(card("interac-debit"))
        return outcome, list(terminal.answers)

    terminal.pins = ["1234", "1234"]
    assert run() == run()


def test_a_torn_conversation_is_closed_without_a_word(terminal: Terminal) -> None:
    conversation = transaction(terminal.config, terminal.request(Interface.CONTACT))
    next(conversation)
    conversation.close()
    with pytest.raises(StopIteration):
        next(conversation)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"amount": -1}, "amount"),
        ({"amount": 10**12}, "amount"),
        ({"unpredictable": b"\x00"}, "unpredictable"),
        ({"date": "20261121"}, "date"),
    ],
)
def test_our_own_mistakes_are_exceptions(terminal: Terminal, more: dict[str, object], what: str) -> None:
    request = structs.replace(terminal.request(Interface.CONTACT), **more)
    with pytest.raises(ValueError, match=what):
        next(transaction(terminal.config, request))


def test_an_answer_of_the_wrong_kind_is_our_mistake(
    terminal: Terminal, card: Cards, keys: IssuerKeys
) -> None:
    conversation = transaction(terminal.config, terminal.request(Interface.CONTACT))
    next(conversation)
    with pytest.raises(TypeError, match="ResponseApdu"):
        conversation.send(ApplicationChoice(7))
    terminal.choice = 9
    with pytest.raises(ValueError, match="2 applications"):
        terminal.chip(with_chip(card("visa-credit"), keys, TWO))
    terminal.host = lambda _: HostDecision(response_code="approved")
    with pytest.raises(ValueError, match="response code"):
        terminal.chip(card("visa-credit"))


def test_an_arqc_as_second_cryptogram_is_a_card_error(terminal: Terminal, card: Cards) -> None:
    class Repeating:
        def __init__(self, card: VirtualCard) -> None:
            assert card.chip is not None
            card.chip.reset()
            self._chip, self._first = card.chip, b""

        def transmit(self, apdu: bytes) -> bytes:
            if apdu[1] != 0xAE:
                return self._chip.transmit(apdu)
            self._first = self._first or self._chip.transmit(apdu)
            return self._first

    outcome = terminal.pay(Repeating(card("visa-credit")), terminal.request(Interface.CONTACT))
    assert (outcome.verdict, outcome.went_online) == (Verdict.CARD_ERROR, True)


class Lenient:
    """A card whose issuer's action codes are all zeros. It answers GENERATE AC with what it says `first`, then with a TC."""

    def __init__(self, card: VirtualCard, *first: int) -> None:
        assert card.chip is not None
        card.chip.reset()
        self._chip, self._first = card.chip, list(first)

    def transmit(self, apdu: bytes) -> bytes:
        if apdu[1] == 0xB2:
            return self._lenient(self._chip.transmit(apdu))
        if apdu[1] != 0xAE:
            return self._chip.transmit(apdu)
        kind = self._first.pop(0) if self._first else 0x40
        return bytes.fromhex("800B") + bytes((kind,)) + bytes(10) + b"\x90\x00"

    def _lenient(self, record: bytes) -> bytes:
        codes = (tags.IAC_DENIAL, tags.IAC_ONLINE, tags.IAC_DEFAULT)
        objects = tlv.split(tlv.only(record[:-2], tags.RECORD)) if len(record) > 2 else []
        kept = [(tag, bytes(5) if tag in codes else value) for tag, value in objects]
        return tlv.encode(tags.RECORD, tlv.join(kept)) + record[-2:] if kept else record


def offline_terminal(terminal: Terminal, terminal_type: str = "22") -> None:
    """Makes `terminal` one that neither floor limit nor action codes send online."""
    visa = replace(terminal.config.applications[0], floor_limit=10_000)
    terminal.config = replace(terminal.config, applications=(visa,), terminal_type=terminal_type)


OFFLINE = [
    ("the card approves offline", "22", (), Verdict.APPROVED, b"Y1"),
    ("the card declines offline", "22", (0x00,), Verdict.DECLINED, b"Z1"),
    ("offline only, the card approves", "23", (), Verdict.APPROVED, b"Y1"),
    ("offline only, the card wants the issuer and there is none", "23", (0x80,), Verdict.APPROVED, b"Y3"),
]


@pytest.mark.parametrize(("kind", "said", "verdict", "code"), rows(OFFLINE))
def test_a_payment_that_nothing_sends_online_is_the_cards_to_decide(
    terminal: Terminal, card: Cards, kind: str, said: tuple[int, ...], verdict: Verdict, code: bytes
) -> None:
    offline_terminal(terminal, kind)
    outcome = terminal.pay(Lenient(card("visa-credit"), *said), terminal.request(Interface.CONTACT))
    assert (outcome.verdict, outcome.went_online) == (verdict, False), outcome.reason
    assert dict(tlv.split(outcome.icc_data))[tags.AUTHORISATION_RESPONSE_CODE] == code
    assert not any(isinstance(ask, GoOnline) for ask in terminal.asks)


def rules_of(outcome: Outcome) -> list[Rule]:
    return [reason.rule for reason in outcome.reasons]


def test_a_card_on_the_exception_file_is_marked(terminal: Terminal, card: Cards) -> None:
    terminal.cards = CardLog(frozenset((Secret("4111111111111111"),)))
    outcome = terminal.chip(card("visa-credit"))
    assert outcome.tvr[0] & 0x10
    assert Rule.RISK_EXCEPTION_FILE in rules_of(outcome)


def test_a_merchant_that_wants_the_issuer_gets_him_by_the_online_codes(
    terminal: Terminal, card: Cards
) -> None:
    offline_terminal(terminal)
    visa = replace(terminal.config.applications[0], tac_online=bytes.fromhex("0000000800"))
    terminal.config = replace(terminal.config, applications=(visa,))
    for forced in (False, True):
        request = structs.replace(terminal.request(Interface.CONTACT), forced_online=forced)
        outcome = terminal.pay(Lenient(card("visa-credit"), *(0x80,) * forced), request)
        assert bool(outcome.tvr[3] & 0x08) is forced
        assert outcome.went_online is forced
        met = [reason for reason in outcome.reasons if reason.rule is Rule.TAA_ONLINE]
        assert [reason.bits for reason in met] == [("merchant forced online",)] * forced


def test_two_amounts_under_the_floor_limit_reach_it_together(terminal: Terminal, card: Cards) -> None:
    offline_terminal(terminal)
    for logged, exceeded in ((8_749, False), (8_750, True)):
        terminal.cards = CardLog()
        shown = terminal.pay(Lenient(card("visa-credit")), terminal.request(Interface.CONTACT))
        terminal.cards.keep(shown, logged)
        outcome = terminal.pay(Lenient(card("visa-credit")), terminal.request(Interface.CONTACT))
        assert bool(outcome.tvr[3] & 0x80) is exceeded


def test_the_entropy_of_the_request_alone_selects_at_random(terminal: Terminal, card: Cards) -> None:
    offline_terminal(terminal)
    visa = replace(terminal.config.applications[0], target_percent=40, max_target_percent=40)
    terminal.config = replace(terminal.config, applications=(visa,))

    def selected(entropy: int) -> bool:
        request = structs.replace(terminal.request(Interface.CONTACT), entropy=entropy.to_bytes(32))
        return bool(terminal.pay(Lenient(card("visa-credit")), request).tvr[3] & 0x10)

    drawn = [selected(entropy) for entropy in range(60)]
    assert drawn == [selected(entropy) for entropy in range(60)]
    assert 12 <= sum(drawn) <= 36


@pytest.mark.parametrize("code", ["01", "02"])
def test_a_referral_is_declined_with_a_word_of_its_own(terminal: Terminal, card: Cards, code: str) -> None:
    terminal.host = lambda _: HostDecision(response_code=code)
    outcome = terminal.chip(card("visa-credit"))
    assert (outcome.verdict, outcome.reason) == (Verdict.DECLINED, f"the issuer wants to be called ({code})")
    assert terminal.messages == [DisplayMessage.CALL_YOUR_BANK]
    assert terminal.commands[-1].apdu[2] == 0x00


def test_a_card_that_wants_an_advice_says_so_in_the_reasons(terminal: Terminal, card: Cards) -> None:
    outcome = terminal.pay(Lenient(card("visa-credit"), 0x08), terminal.request(Interface.CONTACT))
    assert rules_of(outcome)[-2:] == [Rule.CARD_ADVICE, Rule.CARD_DECLINED]


def test_a_cashback_stands_in_the_other_amount(terminal: Terminal, card: Cards) -> None:
    request = structs.replace(terminal.request(Interface.CONTACT, kind="09"), amount_other=250)
    sent = dict(tlv.split(terminal.pay(Lenient(card("visa-credit"), 0x80), request).icc_data))
    assert sent[tags.AMOUNT_OTHER] == bytes.fromhex("000000000250")
    with pytest.raises(ValueError, match="cashback"):
        next(transaction(terminal.config, structs.replace(request, amount_other=1251)))


def test_scripts_of_128_bytes_in_one_message_are_run(terminal: Terminal, card: Cards) -> None:
    command = tlv.encode(0x86, bytes.fromhex("80CA9F3600"))
    scripts = tlv.encode(0x71, command * 8) + tlv.encode(0x72, command * 9 + bytes(5))
    assert len(scripts) == 128
    terminal.host = lambda ask: with_scripts(approving_host(ask), scripts)
    outcome = terminal.chip(card("visa-credit"))
    assert sum(one.apdu[:4] == bytes.fromhex("80CA9F36") for one in terminal.commands) == 17
    assert dict(tlv.split(outcome.icc_data))[tags.SCRIPT_RESULTS] == bytes.fromhex("2000000000" * 2)


@pytest.mark.parametrize("size", [7, 17])
def test_an_issuers_authentication_of_a_wrong_length_fails_without_a_command(
    terminal: Terminal, card: Cards, size: int
) -> None:
    terminal.host = lambda _: HostDecision(response_code="00", icc_data=tlv.encode(0x91, bytes(size)))
    outcome = terminal.chip(card("visa-credit"))
    assert not any(command.apdu[:2] == b"\x00\x82" for command in terminal.commands)
    assert (outcome.tvr[4] & 0x40, outcome.tsi[0] & 0x10) == (0x40, 0x10)


class Trusting(Lenient):
    """A card whose issuer's action codes are all zeros, and that decides by its own limits."""

    def transmit(self, apdu: bytes) -> bytes:
        return self._chip.transmit(apdu) if apdu[1] == 0xAE else super().transmit(apdu)


def test_a_card_pays_offline_up_to_its_own_limits_and_then_asks_its_issuer(
    terminal: Terminal, card: Cards, keys: IssuerKeys
) -> None:
    offline_terminal(terminal)
    visa = card("visa-credit")
    assert visa.personality.chip is not None
    limits = OfflineLimits(payments=2, amount=100_000)
    visa = with_chip(visa, keys, replace(visa.personality.chip, offline=limits))
    went = [terminal.pay(Trusting(visa), terminal.request(Interface.CONTACT)).went_online for _ in range(3)]
    assert went == [False, False, True]


def test_a_chip_that_is_only_read_is_asked_for_no_cryptogram_and_no_pin(
    terminal: Terminal, card: Cards
) -> None:
    chip = card("visa-online-pin").chip
    assert chip is not None
    chip.reset()
    outcome = terminal.pay(chip, structs.replace(terminal.request(Interface.CONTACT), reads_only=True))
    assert (outcome.verdict, outcome.cryptogram) == (Verdict.READ, "")
    assert outcome.card is not None
    assert outcome.card.brand == "visa"
    steps = {command.step for command in terminal.commands}
    assert steps <= {Step.SELECT, Step.GPO, Step.READ, Step.OTHER}
    assert not any(isinstance(ask, EnterPin | GoOnline) for ask in terminal.asks)
