"""Input, Print and Display: what a point of sale asks a person, has printed and shown, as recorded messages have it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.pos.adyen.kit import SECOND, Asked, Spoken, spoken
from tests.pos.vectors import vectors

SENT = {
    sent["name"]: json.loads(sent["plaintext"])
    for sent in vectors("adyen_requests")["local_encrypted"]["requests"]
}
ANSWERS = {
    vector["name"]: vector["body"]["SaleToPOIResponse"] for vector in vectors("adyen_responses")["responses"]
}


def recorded(shop: Spoken, name: str) -> Asked:
    """A recorded request, sent to this terminal."""
    message = json.loads(json.dumps(SENT[name]))
    message["SaleToPOIRequest"]["MessageHeader"]["POIID"] = shop.api.poiid
    return shop.send(json.dumps(message))


def answer_of(name: str) -> Any:
    (body,) = (value for member, value in ANSWERS[name].items() if member != "MessageHeader")
    return body


def asked(shop: Spoken, command: str, texts: list[str], service_id: str = "I1", **more: Any) -> Asked:
    data = {"Device": "CustomerInput", "InfoQualify": "Input", "InputCommand": command, **more}
    entries = data.pop("MenuEntry", None)
    output: dict[str, Any] = {
        "Device": "CustomerDisplay",
        "InfoQualify": "Display",
        "OutputContent": {"OutputFormat": "Text", "OutputText": [{"Text": text} for text in texts]},
    }
    if entries is not None:
        output["MenuEntry"] = [{"OutputFormat": "Text", "OutputText": [{"Text": entry}]} for entry in entries]
    return shop.ask("Input", {"InputData": data, "DisplayOutput": output}, "Till1", service_id)


def input_of(call: Asked) -> Any:
    return call.body["InputResult"]["Input"]


def result_of(call: Asked) -> tuple[str, str, str]:
    response = call.body["InputResult"]["Response"]
    return response["Result"], response["ErrorCondition"], response["AdditionalResponse"]


@pytest.mark.parametrize("profile", ["v400m", "s1f2"])
def test_a_recorded_confirmation_is_asked_and_answered_as_recorded(profile: str) -> None:
    with spoken(profile) as shop:
        call = recorded(shop, "input, confirmation")
        text = shop.terminal.view().text
        assert [word in text for word in ("Terms", "Do you agree?", "No", "Yes")] == [True] * 4
        assert call.replies == []
        shop.terminal.press("OK") if profile == "v400m" else shop.terminal.touch("pos-yes")
        assert call.body == answer_of("input: confirmed")


def test_the_left_button_does_not_confirm() -> None:
    with spoken() as shop:
        call = recorded(shop, "input, confirmation")
        shop.terminal.touch("pos-no")
        assert input_of(call) == {"InputCommand": "GetConfirmation", "ConfirmedFlag": False}


def test_a_recorded_menu_is_answered_by_a_number_an_entry() -> None:
    with spoken() as shop:
        call = recorded(shop, "input, menu")
        shop.terminal.touch("entry-2")
        assert call.body == answer_of("input: menu")


def test_of_a_menu_with_lengths_several_entries_are_chosen() -> None:
    with spoken() as shop:
        entries = [f"Topping {n}" for n in range(1, 10)]
        call = asked(shop, "GetMenuEntry", ["Toppings?"], MenuEntry=entries, MinLength=1, MaxLength=2)
        shop.terminal.press("OK")
        assert call.replies == []
        shop.terminal.touch("entry-1")
        shop.terminal.touch("further")
        for entry in ("entry-9", "entry-8"):
            shop.terminal.touch(entry)
        shop.terminal.press("OK")
        assert input_of(call)["MenuEntryNumber"] == [1, 0, 0, 0, 0, 0, 0, 0, 1]


@pytest.mark.parametrize(
    ("command", "more", "keys", "given"),
    [
        ("DigitString", {}, "0017", {"DigitInput": "0017"}),
        ("TextString", {"DefaultInputString": "x"}, "22", {"TextInput": "xb"}),
        ("DecimalString", {}, "3659", {"TextInput": "36.59"}),
        ("DecimalString", {"MaxDecimalLength": 0}, "3659", {"TextInput": "3659"}),
    ],
)
def test_what_is_typed_is_told_as_text(
    command: str, more: dict[str, Any], keys: str, given: dict[str, str]
) -> None:
    with spoken() as shop:
        call = asked(shop, command, ["Tell us"], **more)
        for key in keys:
            shop.terminal.press(key)
        shop.terminal.press("OK")
        assert input_of(call) == {"InputCommand": command, **given}


def test_recorded_digits_are_as_many_as_the_request_wants() -> None:
    with spoken() as shop:
        call = recorded(shop, "input, digits")
        shop.terminal.press("OK")
        for key in "12345":
            shop.terminal.press(key)
        shop.terminal.press("OK")
        assert input_of(call)["DigitInput"] == "1234"


def test_an_input_that_is_cancelled_is_answered_as_recorded() -> None:
    with spoken() as shop:
        call = recorded(shop, "input, confirmation")
        shop.terminal.press("CANCEL")
        assert call.body == answer_of("input: cancelled")


def test_an_input_ends_when_its_time_is_over() -> None:
    with spoken() as shop:
        call = recorded(shop, "input, confirmation")
        shop.bench.advance(30 * SECOND)
        assert result_of(call) == ("Failure", "Cancel", "message=Input%20timed%20out")


def test_an_input_is_aborted_by_its_name() -> None:
    with spoken() as shop:
        call = asked(shop, "TextString", ["Name?"], "I7")
        for service_id in ("I8", "I7"):
            reference = {"MessageCategory": "Input", "ServiceID": service_id}
            body = {"MessageReference": reference, "AbortReason": "MerchantAbort"}
            assert call.replies == []
            shop.ask("Abort", body, "Till1", "A")
        assert result_of(call) == ("Failure", "Aborted", "message=Input%20aborted")


def test_an_input_is_superseded_by_whatever_is_asked_next() -> None:
    with spoken() as shop:
        first = asked(shop, "TextString", ["Name?"], "I1")
        second = asked(shop, "TextString", ["Name?"], "I1")
        assert result_of(first)[1] == "Aborted"
        paying = shop.pay("10.00", "P1")
        assert (result_of(second)[1], paying.replies) == ("Aborted", [])
        assert shop.terminal.view().screen.id == "present-card"
        third = asked(shop, "TextString", ["Name?"], "I3")
        assert result_of(third)[:2] == ("Failure", "Busy")
        assert "serviceId=P1" in result_of(third)[2]


def test_a_power_cut_ends_the_connection_of_an_input() -> None:
    with spoken() as shop:
        call = asked(shop, "TextString", ["Name?"])
        shop.terminal.power_cut()
        assert call.replies == [None]


@pytest.mark.parametrize(
    ("command", "texts", "more", "condition"),
    [
        ("GetMenuEntry", ["Which?"], {}, "MessageFormat"),
        ("GetMenuEntry", ["Which?"], {"MenuEntry": [str(n) for n in range(16)]}, "MessageFormat"),
        ("TextString", ["Name?"], {"MinLength": 5, "MaxLength": 4}, "MessageFormat"),
        ("GetAnyKey", ["Key?"], {}, "UnavailableService"),
    ],
)
def test_what_cannot_be_asked_is_refused(
    command: str, texts: list[str], more: dict[str, Any], condition: str
) -> None:
    with spoken() as shop:
        assert result_of(asked(shop, command, texts, **more))[1] == condition
        assert shop.terminal.view().screen.id == "home"


def test_recorded_papers_are_printed_and_then_answered() -> None:
    with spoken() as shop:
        assert recorded(shop, "print, text").body == answer_of("print")
        assert recorded(shop, "print, QR code").body["Response"] == {"Result": "Success"}
        text, code = shop.terminal.receipts
        assert text.text.splitlines()[:2] == ["            Table 7", "Thank you"]
        assert [line.bold for line in text.lines[:2]] == [True, False]
        assert "[QR https://example.com/r/1]" in code.text


def test_a_print_without_paper_is_answered_as_recorded() -> None:
    with spoken() as shop:
        shop.terminal.paper("out")
        assert recorded(shop, "print, text").body == answer_of("print without paper")


def printing(shop: Spoken, content: dict[str, Any], mode: str = "PrintEnd") -> Asked:
    output = {"DocumentQualifier": "Document", "ResponseMode": mode, "OutputContent": content}
    return shop.ask("Print", {"PrintOutput": output}, "Till1", "D1")


def test_pieces_of_a_line_stand_on_it_at_both_sides() -> None:
    texts = [
        {"Text": "Tea", "EndOfLineFlag": False},
        {"Text": "2.50", "Alignment": "Right"},
        {"Text": ""},
        {"Text": "Thanks, ", "EndOfLineFlag": False},
        {"Text": "Ana"},
        {"Text": "42", "Alignment": "Right"},
    ]
    with spoken() as shop:
        assert printing(shop, {"OutputFormat": "Text", "OutputText": texts}).result == ("Success", "")
        assert shop.terminal.receipts[0].text.splitlines()[:4] == [
            "Tea                         2.50",
            "",
            "Thanks, Ana",
            "                              42",
        ]


def test_a_print_that_is_answered_at_once_says_nothing_of_the_paper() -> None:
    with spoken() as shop:
        shop.terminal.paper("out")
        content = {"OutputFormat": "Text", "OutputText": [{"Text": "x"}]}
        assert printing(shop, content, "Immediate").result == ("Success", "")


@pytest.mark.parametrize(
    "content",
    [
        {"OutputFormat": "XHTML", "OutputXHTML": "PGgxPng8L2gxPg=="},
        {
            "OutputFormat": "BarCode",
            "OutputBarcode": {"BarcodeType": "EAN13", "BarcodeValue": "4006381333931"},
        },
    ],
)
def test_what_the_printer_cannot_print_is_refused(content: dict[str, Any]) -> None:
    with spoken() as shop:
        assert printing(shop, content).result == ("Failure", "UnavailableService")
        assert shop.terminal.receipts == []


def test_what_nothing_has_room_for_is_refused_at_once() -> None:
    with spoken() as shop:
        for content in (
            {"OutputFormat": "Text", "OutputText": [{"Text": "x" * 5_001}, {"Text": "x" * 5_000}]},
            {
                "OutputFormat": "BarCode",
                "OutputBarcode": {"BarcodeType": "QRCode", "BarcodeValue": "x" * 2_954},
            },
        ):
            assert printing(shop, content).result == ("Failure", "NotAllowed")
        assert result_of(asked(shop, "TextString", ["x" * 1_001]))[1] == "NotAllowed"
        assert shop.terminal.receipts == []


@pytest.mark.soak
def test_the_most_that_there_is_room_for_is_shown_and_printed() -> None:
    with spoken() as shop:
        longest = {"OutputFormat": "Text", "OutputText": [{"Text": "x" * 10_000}]}
        assert printing(shop, longest).result == ("Success", "")
        assert asked(shop, "TextString", ["title", "word " * 199]).replies == []
        assert shop.terminal.view().text.count("word") == 199
        code = {"BarcodeType": "QRCode", "BarcodeValue": "x" * 2_953}
        assert printing(shop, {"OutputFormat": "BarCode", "OutputBarcode": code}).result == ("Success", "")
        assert "<path" in shop.terminal.receipts[-1].svg()


def test_a_recorded_display_is_shown_and_answered_until_the_next_request() -> None:
    with spoken() as shop:
        assert recorded(shop, "display").body == answer_of("display")
        assert "Thank you" in shop.terminal.view().text
        paying = shop.pay("10.00", "P1")
        assert paying.replies == []
        refused = recorded(shop, "display").body["OutputResult"][0]["Response"]
        assert (refused["Result"], refused["ErrorCondition"]) == ("Failure", "Busy")


def test_a_display_lasts_as_long_as_it_says_and_idle_takes_it_away() -> None:
    def show(reference: str, **more: int) -> None:
        content = {
            "OutputFormat": "MessageRef",
            "PredefinedContent": {"ReferenceID": reference},
            "OutputText": [{"Text": "Hello"}],
        }
        output = {"Device": "CustomerDisplay", "InfoQualify": "Display", "OutputContent": content, **more}
        call = shop.ask("Display", {"DisplayOutput": [output]}, "Till1", "S1")
        assert call.body["OutputResult"][0]["Response"] == {"Result": "Success"}

    with spoken() as shop:
        show("CustomAnimated", MinimumDisplayTime=60)
        shop.bench.advance(59 * SECOND)
        assert shop.terminal.view().screen.id == "pos-display"
        shop.bench.advance(SECOND)
        assert shop.terminal.view().screen.id == "home"
        show("CustomAnimated", MinimumDisplayTime=60)
        show("Idle")
        assert shop.terminal.view().screen.id == "home"
