"""A point of sale asks a person something, prints and shows: what the screen says, what keys and fingers do, and what is answered."""

from __future__ import annotations

import pytest

from terminal_sim.core.device_request import (
    Confirmation,
    DisplayRequest,
    MenuChoice,
    PrintedDocument,
    Question,
    ReceiptCopy,
    TypedAnswer,
    Typing,
)
from terminal_sim.core.events import (
    DisplayRequested,
    RequestCancelled,
    RequestQueried,
)
from terminal_sim.core.payment_request import (
    RequestBusy,
    RequestEnded,
    RequestRefusal,
    RequestRefused,
    RequestTaken,
    RequestUnknown,
)
from terminal_sim.core.receipt import Centred, Copy, Pair, Ruler, Side, Written
from terminal_sim.core.screen import QrCode
from tests.flows.asking import SECOND, on_each_model, till


@on_each_model
@pytest.mark.parametrize(("key", "given"), [("OK", True), ("CLEAR", False)])
def test_the_right_button_confirms_and_the_left_one_does_not(model: str, key: str, given: bool) -> None:
    with till(model) as asking:
        asking.ask(Confirmation(no="Later", yes="Join"))
        assert asking.last == RequestTaken()
        view = asking.terminal.view()
        assert view.screen.id == "pos-confirmation"
        assert [word in view.text for word in ("Loyalty", "Join our club?", "Later", "Join")] == [True] * 4
        if given:
            asking.terminal.touch("pos-yes")
        else:
            asking.terminal.press(key)
        assert asking.given is given
        assert asking.screen == "home"


@on_each_model
@pytest.mark.parametrize(
    ("answer", "keys", "given"),
    [
        (TypedAnswer(typing=Typing.DIGITS), "0017", "0017"),
        (TypedAnswer(typing=Typing.DIGITS, begun="4"), "2", "42"),
        (TypedAnswer(typing=Typing.DIGITS, longest=2), "123", "12"),
        (TypedAnswer(typing=Typing.DECIMAL, decimals=2), "1234", "12.34"),
        (TypedAnswer(typing=Typing.DECIMAL, decimals=2), "5", "0.05"),
        (TypedAnswer(typing=Typing.DECIMAL), "5", "5"),
        (TypedAnswer(typing=Typing.TEXT), "222", "c"),
        (TypedAnswer(typing=Typing.TEXT), "2222553", "2kd"),
        (TypedAnswer(typing=Typing.TEXT, longest=1), "999999999", "Z"),
    ],
)
def test_what_is_typed_is_given(model: str, answer: TypedAnswer, keys: str, given: str) -> None:
    with till(model) as asking:
        asking.ask(answer)
        for key in keys:
            asking.terminal.press(key)
        assert given in asking.terminal.view().text
        asking.terminal.press("OK")
        assert asking.given == given


def test_a_letter_stands_once_a_second_has_passed() -> None:
    with till() as asking:
        asking.ask(TypedAnswer(typing=Typing.TEXT))
        asking.terminal.press("2")
        asking.bench.advance(SECOND)
        for key in "22":
            asking.terminal.press(key)
        asking.terminal.press("CLEAR")
        asking.terminal.press("2")
        asking.terminal.press("OK")
        assert asking.given == "aa"


def test_what_is_too_short_is_not_taken_and_says_so_in_the_terminals_language() -> None:
    with till(locale="fr-CA") as asking:
        asking.ask(TypedAnswer(typing=Typing.DIGITS, shortest=3, masked=True))
        for key in "12":
            asking.terminal.press(key)
        asking.terminal.press("OK")
        assert "Entrez au moins 3 caractères" in asking.terminal.view().text
        assert "12" not in asking.terminal.view().text
        asking.terminal.press("3")
        asking.terminal.press("OK")
        assert asking.given == "123"


@on_each_model
def test_one_entry_of_a_menu_is_chosen_by_touching_it(model: str) -> None:
    with till(model) as asking:
        asking.ask(MenuChoice(entries=tuple(f"Gift {n}" for n in range(1, 9))))
        assert "Gift 7" not in asking.terminal.view().text
        asking.terminal.touch("further")
        asking.terminal.touch("entry-7")
        assert asking.given == (6,)


@on_each_model
def test_several_entries_are_marked_and_then_confirmed(model: str) -> None:
    with till(model) as asking:
        asking.ask(MenuChoice(entries=("Tea", "Milk", "Salt"), several=True, chosen=(1,)))
        for entry in ("entry-3", "entry-1", "entry-2"):
            asking.terminal.touch(entry)
        asking.terminal.touch("confirm")
        assert asking.given == (0, 2)


@pytest.mark.parametrize(
    "question",
    [Confirmation(), TypedAnswer(typing=Typing.TEXT), MenuChoice(entries=("A", "B"))],
    ids=["confirmation", "typed", "menu"],
)
class TestAQuestion:
    def test_ends_without_an_answer_by_the_red_key(self, question: Question) -> None:
        with till("square-terminal") as asking:
            asking.ask(question)
            asking.terminal.touch("cancel")
            assert (asking.notice, asking.screen) == ("cancelled", "home")

    def test_ends_when_its_time_is_over_whatever_is_pressed_meanwhile(self, question: Question) -> None:
        with till() as asking:
            asking.ask(question, within=10 * SECOND)
            asking.bench.advance(9 * SECOND)
            asking.terminal.press("5")
            assert asking.last == RequestTaken()
            asking.bench.advance(SECOND)
            assert asking.notice == "timed-out"

    def test_ends_by_itself_where_it_has_no_time_of_its_own(self, question: Question) -> None:
        with till() as asking:
            asking.ask(question)
            asking.bench.advance(200 * SECOND)
            assert (asking.notice, asking.screen) == ("timed-out", "home")

    def test_can_be_taken_back(self, question: Question) -> None:
        with till() as asking:
            asking.ask(question)
            asking.terminal.post(RequestCancelled("Q"))
            assert (asking.notice, asking.screen) == ("pos-cancelled", "home")

    def test_gives_way_to_whatever_is_asked_for_next(self, question: Question) -> None:
        with till() as asking:
            asking.ask(question)
            asking.ask(Confirmation(), id="Q2")
            assert [request for request, _ in asking.answers] == ["Q", "Q", "Q2"]
            asking.pay()
            assert (asking.answers[-1], asking.screen) == (("P", RequestTaken()), "present-card")
            assert [answer.notice.id for _, answer in asking.answers if isinstance(answer, RequestEnded)] == [
                "pos-cancelled",
                "pos-cancelled",
            ]

    def test_is_over_with_the_power(self, question: Question) -> None:
        with till() as asking:
            asking.ask(question)
            asking.terminal.power_cut()
            asking.terminal.power_on()
            asking.terminal.post(RequestQueried("Q"))
            assert asking.last == RequestUnknown()

    def test_stands_in_a_saved_bench(self, question: Question) -> None:
        with till() as asking:
            asking.ask(question)
            saved = type(asking.bench.save()).from_bytes(asking.bench.save().to_bytes())
            with till(state=saved) as again:
                assert again.terminal.view().text == asking.terminal.view().text
                again.terminal.press("CANCEL")
                assert again.notice == "cancelled"


def test_while_a_card_is_asked_for_a_question_is_met_with_busy() -> None:
    with till() as asking:
        asking.pay()
        asking.ask(Confirmation())
        assert asking.answers[-1] == ("Q", RequestBusy("P"))


def test_a_merchant_in_a_menu_is_not_disturbed() -> None:
    with till() as asking:
        asking.terminal.press("8")
        asking.ask(Confirmation())
        asking.terminal.post(DisplayRequested(DisplayRequest(id="S")))
        asking.print(PrintedDocument(()))
        assert [answer for _, answer in asking.answers] == [RequestBusy("")] * 3


def test_a_result_gives_way_to_a_question() -> None:
    with till() as asking:
        asking.pay()
        asking.terminal.swipe("visa-stripe")
        asking.bench.advance(5 * SECOND)
        assert asking.screen == "approved"
        asking.ask(Confirmation())
        assert (asking.last, asking.screen) == (RequestTaken(), "pos-confirmation")


DOCUMENT = PrintedDocument(
    (
        Centred("Voucher", bold=True),
        Ruler(),
        Written("left"),
        Written("right", Side.RIGHT),
        Pair("Points", "12"),
        QrCode("code", "https://example.com/v/1"),
    )
)


@on_each_model
def test_a_document_is_printed_line_by_line(model: str) -> None:
    with till(model) as asking:
        asking.print(DOCUMENT)
        assert (asking.notice, asking.screen) == ("copy-printed", "home")
        (paper,) = asking.terminal.receipts
        assert paper.copy == "document"
        assert paper.text.splitlines()[:6] == [
            "            Voucher",
            "",
            "left",
            "                           right",
            "Points                        12",
            "  [QR https://example.com/v/1]",
        ]


def test_what_cannot_be_printed_says_so() -> None:
    with till() as asking:
        asking.terminal.paper("out")
        asking.print(DOCUMENT)
        assert asking.notice == "out-of-paper"
    with till("square-register") as asking:
        asking.print(DOCUMENT)
        assert asking.last == RequestRefused(RequestRefusal.PRINTER)


def test_a_copy_of_a_payments_receipt_is_the_receipt_with_its_mark() -> None:
    with till("s1f2") as asking:
        asking.pay()
        asking.terminal.swipe("visa-stripe")
        asking.bench.advance(5 * SECOND)
        assert isinstance(asking.last, RequestEnded)
        assert asking.last.payment is not None
        reference = asking.last.payment.reference
        asking.print(ReceiptCopy(reference, Copy.CUSTOMER))
        assert asking.notice == "copy-printed"
        assert asking.terminal.receipts[-1].text.strip().startswith("COPY")
        assert [row.kind for row in asking.terminal.journal()][-1] == "reprint"
        asking.terminal.paper("out")
        asking.print(ReceiptCopy(reference, Copy.MERCHANT))
        assert asking.notice == "out-of-paper"
        assert [row.kind for row in asking.terminal.journal()].count("reprint") == 1
        asking.print(ReceiptCopy("unknown", Copy.CUSTOMER))
        assert asking.answers[-1] == ("D", RequestRefused(RequestRefusal.ORIGINAL))


@on_each_model
def test_a_text_is_shown_for_its_time(model: str) -> None:
    with till(model) as asking:
        shown = DisplayRequest(
            id="S", title="Total", lines=("2 x Tea",), code="https://example.com", shown_for=60 * SECOND
        )
        asking.terminal.post(DisplayRequested(shown))
        assert asking.screen == "pos-display"
        assert [word in asking.terminal.view().text for word in ("Total", "2 x Tea", "example.com")] == [
            True
        ] * 3
        asking.bench.advance(59 * SECOND)
        assert asking.last == RequestTaken()
        asking.bench.advance(SECOND)
        assert (asking.notice, asking.screen) == ("pos-shown", "home")


def test_a_text_that_is_shown_gives_way_and_can_be_put_away() -> None:
    with till() as asking:
        for key, notice in (("OK", "pos-shown"), ("CANCEL", "cancelled")):
            asking.terminal.post(DisplayRequested(DisplayRequest(id="S", lines=("Hello",))))
            asking.terminal.press(key)
            assert asking.notice == notice
        asking.terminal.post(DisplayRequested(DisplayRequest(id="S", lines=("Hello",))))
        asking.pay()
        assert asking.screen == "present-card"
