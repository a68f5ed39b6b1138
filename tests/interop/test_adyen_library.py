"""The vendor's own library (npm, @adyen/api-library), unchanged, drives a virtual V400m over HTTPS with sealed messages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

import pytest

from terminal_sim.bench import Bench, TerminalUnderTest
from terminal_sim.bench.served_apis import ServedApis
from tests.interop.adyen import LIBRARY, Library, PointOfSale
from tests.pos.vectors import vectors

SECOND = 1_000_000
_CRYPTO_ERROR = '{"errors":["Nexo Service: crypto error"],"ServiceID":"-NULL-"}'


class Shop:
    """A terminal, its shopper and a point of sale."""

    def __init__(
        self, bench: Bench, terminal: TerminalUnderTest, served: ServedApis, library: Library
    ) -> None:
        self.bench, self.terminal, self.served = bench, terminal, served
        self.till = PointOfSale(library, served.of(terminal))

    def shows(self, screen: str) -> None:
        """Serve requests until the screen is up."""
        self.served.until(lambda: self.terminal.view().screen.id == screen, 20)

    def card(self) -> None:
        """The shopper inserts a card, the host has time to answer, and the card goes."""
        self.terminal.insert("visa-credit")
        self.bench.advance(5 * SECOND)
        self.terminal.remove_card()

    def answer(self, asked: Future[Any]) -> Any:
        """The body of the answer, or the error of the library."""
        self.served.until(asked.done, 20)
        said = asked.result()
        if "error" in said:
            return said["error"]
        (body,) = (
            value
            for name, value in said["response"].get("SaleToPOIResponse", {"": None}).items()
            if name != "MessageHeader"
        )
        return body


@pytest.fixture(scope="module")
def library() -> Iterator[Library]:
    if not LIBRARY.is_dir() or shutil.which("node") is None:
        pytest.skip("@adyen/api-library of npm is missing: sh tools/others.sh .venv")
    made = Library()
    yield made
    made.close()


@pytest.fixture
def shop(library: Library) -> Iterator[Shop]:
    with Bench() as bench:
        terminal = bench.add_terminal("v400m")
        with bench.serve_pos() as served:
            yield Shop(bench, terminal, served, library)


def result(body: Any) -> tuple[str, str]:
    response = body["Response"]
    return response["Result"], response.get("ErrorCondition", "")


def test_a_payment_is_approved_and_its_status_repeats_the_answer(shop: Shop) -> None:
    paying = shop.till.pay(10.99, "27908", service_id="P1")
    shop.shows("present-card")
    running = shop.answer(shop.till.status("P1"))
    assert result(running) == ("Failure", "InProgress")
    shop.card()
    paid = shop.answer(paying)
    assert result(paid) == ("Success", "")
    assert paid["PaymentResult"]["AmountsResp"] == {"AuthorizedAmount": 10.99, "Currency": "CAD"}
    status = shop.answer(shop.till.status("P1"))
    assert result(status) == ("Success", "")
    assert status["RepeatedMessageResponse"]["RepeatedResponseMessageBody"]["PaymentResponse"] == paid
    assert shop.bench.violations() == []


def test_a_declined_payment_is_a_refusal_with_the_issuers_reason(shop: Shop) -> None:
    shop.bench.host_answers(["declined:51"])
    paying = shop.till.pay(5, "T-2")
    shop.shows("present-card")
    shop.card()
    declined = shop.answer(paying)
    assert result(declined) == ("Failure", "Refusal")
    assert "NOT_ENOUGH_BALANCE" in declined["Response"]["AdditionalResponse"]


def test_the_shopper_cancels_on_the_terminal(shop: Shop) -> None:
    paying = shop.till.pay(5, "T-3")
    shop.shows("present-card")
    shop.terminal.press("CANCEL")
    assert result(shop.answer(paying)) == ("Failure", "Cancel")


def test_nobody_presents_a_card(shop: Shop) -> None:
    paying = shop.till.pay(5, "T-4")
    shop.shows("present-card")
    shop.bench.advance(121 * SECOND)
    failed = shop.answer(paying)
    assert result(failed) == ("Failure", "Cancel")
    assert "126" in failed["Response"]["AdditionalResponse"]


def test_an_abort_in_time_takes_the_payment_back_and_says_nothing_itself(shop: Shop) -> None:
    paying = shop.till.pay(5, "T-5", service_id="P5")
    shop.shows("present-card")
    assert shop.answer(shop.till.abort("P5")) is None
    assert result(shop.answer(paying)) == ("Failure", "Aborted")
    assert shop.bench.host_messages() == []


def test_an_abort_that_comes_too_late_changes_nothing(shop: Shop) -> None:
    shop.bench.host_answers(["late:5s"])
    paying = shop.till.pay(5, "T-6", service_id="P6")
    shop.shows("present-card")
    shop.terminal.insert("visa-credit")
    assert shop.answer(shop.till.abort("P6")) is None
    shop.bench.advance(6 * SECOND)
    assert result(shop.answer(paying)) == ("Success", "")


def test_a_payment_is_given_back_once(shop: Shop) -> None:
    paying = shop.till.pay(8.5, "T-7")
    shop.shows("present-card")
    shop.card()
    named = shop.answer(paying)["POIData"]["POITransactionID"]
    refund = {"OriginalPOITransaction": {"POITransactionID": named}, "ReversalReason": "MerchantCancel"}
    asked = shop.till.ask("Reversal", refund)
    shop.served.take(20)
    shop.bench.advance(5 * SECOND)
    assert result(shop.answer(asked)) == ("Success", "")
    assert result(shop.answer(shop.till.ask("Reversal", refund))) == ("Failure", "NotAllowed")
    unknown = {**refund, "OriginalPOITransaction": {"POITransactionID": {**named, "TransactionID": "nobody"}}}
    assert result(shop.answer(shop.till.ask("Reversal", unknown))) == ("Failure", "NotFound")


def test_a_service_id_that_comes_again_charges_nothing(shop: Shop) -> None:
    paying = shop.till.pay(5, "T-8", service_id="P8")
    shop.shows("present-card")
    assert result(shop.answer(shop.till.pay(5, "T-8", service_id="P8"))) == ("Failure", "Busy")
    shop.card()
    assert result(shop.answer(paying)) == ("Success", "")
    assert result(shop.answer(shop.till.pay(5, "T-8", service_id="P8"))) == ("Failure", "NotAllowed")
    assert [message.kind for message in shop.bench.host_messages()] == ["sale"]


def test_a_second_payment_is_told_which_one_runs_and_menus_are_busy_too(shop: Shop) -> None:
    paying = shop.till.pay(5, "T-9", service_id="P9")
    shop.shows("present-card")
    busy = shop.answer(shop.till.pay(6, "T-10"))
    assert result(busy) == ("Failure", "Busy")
    assert "serviceId=P9" in busy["Response"]["AdditionalResponse"]
    shop.terminal.press("CANCEL")
    shop.answer(paying)
    shop.terminal.press("CANCEL")
    shop.terminal.press("8")
    shop.terminal.press("OK")
    assert "ADMIN_MENU" in shop.answer(shop.till.pay(6, "T-11"))["Response"]["AdditionalResponse"]


def test_a_wrong_key_starts_nothing_and_tells_nothing(shop: Shop) -> None:
    wrong = {
        "KeyIdentifier": "other",
        "KeyVersion": 1,
        "AdyenCryptoVersion": 1,
        "Passphrase": "Another-Key-2026!",
    }
    refused = shop.answer(shop.till.ask("Diagnosis", {}, key=wrong))
    clear = shop.answer(shop.till.ask("Diagnosis", {}, key=False))
    assert refused["message"] == clear["message"] == _CRYPTO_ERROR


def test_a_diagnosis_says_how_terminal_printer_and_host_are(shop: Shop) -> None:
    shop.terminal.paper("out")
    shop.terminal.network(False)
    found = shop.answer(shop.till.ask("Diagnosis", {"HostDiagnosisFlag": True}))
    assert found["POIStatus"] == {
        "GlobalStatus": "OK",
        "CommunicationOKFlag": False,
        "PrinterStatus": "NoPaper",
    }
    assert [host["IsReachableFlag"] for host in found["HostStatus"]] == [False]


def test_power_lost_before_a_card_leaves_nothing_and_after_the_request_the_answer(shop: Shop) -> None:
    paying = shop.till.pay(5, "T-12", service_id="P12")
    shop.shows("present-card")
    shop.terminal.power_cut()
    assert shop.answer(paying)["name"]  # the library has an error, and no answer
    shop.terminal.power_on()
    status = shop.answer(shop.till.status("P12"))
    repeated = status["RepeatedMessageResponse"]["RepeatedResponseMessageBody"]["PaymentResponse"]
    assert result(repeated) == ("Failure", "Aborted")
    assert shop.bench.host_messages() == []


def recorded(name: str) -> dict[str, Any]:
    """The body of a request that the library was seen to send."""
    sent = {one["name"]: one["plaintext"] for one in vectors("adyen_requests")["local_encrypted"]["requests"]}
    members = json.loads(sent[name])["SaleToPOIRequest"]
    (body,) = (value for member, value in members.items() if member != "MessageHeader")
    return dict(body)


def test_an_input_is_answered_by_a_person(shop: Shop) -> None:
    asking = shop.till.ask("Input", recorded("input, confirmation"))
    shop.shows("pos-confirmation")
    shop.terminal.press("OK")
    found = shop.answer(asking)
    assert found["InputResult"]["Input"] == {"InputCommand": "GetConfirmation", "ConfirmedFlag": True}
    asking = shop.till.ask("Input", recorded("input, digits"))
    shop.shows("pos-digits")
    for key in ("0", "7", "OK"):
        shop.terminal.press(key)
    assert shop.answer(asking)["InputResult"]["Input"]["DigitInput"] == "07"


def test_a_print_is_answered_when_the_paper_is_out(shop: Shop) -> None:
    assert result(shop.answer(shop.till.ask("Print", recorded("print, text")))) == ("Success", "")
    assert "Table 7" in shop.terminal.receipts[-1].text
    shop.terminal.paper("out")
    assert result(shop.answer(shop.till.ask("Print", recorded("print, QR code")))) == ("Failure", "DeviceOut")


def test_a_card_is_acquired_and_then_paid_with(shop: Shop) -> None:
    acquiring = shop.till.ask("CardAcquisition", recorded("card acquisition"))
    shop.shows("present-card")
    shop.terminal.tap("visa-credit")
    acquired = shop.answer(acquiring)
    assert result(acquired) == ("Success", "")
    assert acquired["PaymentInstrumentData"]["CardData"]["PaymentBrand"] == "visa"
    reference = acquired["POIData"]["POITransactionID"]
    paying = shop.till.pay(5, "27908", PaymentData={"CardAcquisitionReference": reference})
    shop.shows("processing")
    shop.bench.advance(5 * SECOND)
    assert result(shop.answer(paying)) == ("Success", "")
    acquiring = shop.till.ask("CardAcquisition", recorded("card acquisition"))
    shop.shows("present-card")
    released = shop.till.ask("EnableService", recorded("enable service, abort of a card acquisition"))
    assert result(shop.answer(released)) == ("Success", "")
    assert result(shop.answer(acquiring)) == ("Failure", "Aborted")
