"""What a terminal tells points of sale without being asked, and that it tells it until it is accepted."""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from queue import SimpleQueue
from typing import Any
from urllib.parse import parse_qs

import pytest

from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.pos.adyen.notices.outbox import NotifiedUrl
from tests.contracts.drive import CARDS
from tests.pos.adyen.kit import SECOND, Spoken, spoken

URLS = {"events": "http://127.0.0.1:9000/events", "displays": "http://127.0.0.1:9000/displays"}
MINUTE = 60 * SECOND


class Subscriber:
    """A point of sale that is told, in this process. It accepts what comes as long as `accepts`."""

    def __init__(self) -> None:
        self.told: list[tuple[str, dict[str, Any]]] = []
        self.accepts = True

    def post(self, to: NotifiedUrl, body: bytes) -> Future[bool]:
        answered: Future[bool] = Future()
        (message,) = json.loads(body).values()
        self.told.append((to.url.rpartition("/")[2], message))
        answered.set_result(self.accepts)
        return answered

    @property
    def events(self) -> list[str]:
        return [told["EventNotification"]["EventToNotify"] for kind, told in self.told if kind == "events"]

    @property
    def references(self) -> list[dict[str, str]]:
        """What the ReferenceID of each display notification has."""
        found = []
        for kind, told in self.told:
            if kind == "displays":
                (output,) = told["DisplayRequest"]["DisplayOutput"]
                reference = output["OutputContent"]["PredefinedContent"]["ReferenceID"]
                found.append({name: values[0] for name, values in parse_qs(reference).items()})
        return found

    @property
    def tender(self) -> list[str]:
        return [reference["event"] for reference in self.references]


@contextmanager
def subscribed(profile: str = "v400m", **options: Any) -> Iterator[tuple[Spoken, Subscriber]]:
    with spoken(profile, notified=URLS, **options) as shop:
        subscriber = Subscriber()
        assert shop.api.announcer is not None
        for box in shop.api.announcer.outboxes:
            box.courier = subscriber
        yield shop, subscriber


def test_a_chip_with_a_pin_is_told_step_by_step() -> None:
    with subscribed() as (shop, subscriber):
        paying = shop.pay("10.00", "P1")
        shop.terminal.insert("visa-online-pin")
        for key in (*"4321", "OK"):
            shop.terminal.press(key)
        shop.bench.advance(5 * SECOND)
        shop.terminal.remove_card()
        assert paying.result == ("Success", "")
        assert subscriber.tender == [
            "TENDER_CREATED",
            "CARD_INSERTED",
            "WAIT_FOR_PIN",
            "PIN_ENTERED",
            "TENDER_FINAL",
        ]
        assert subscriber.references[-1]["Result"] == "APPROVED"
        tender = paying.body["POIData"]["POITransactionID"]["TransactionID"].partition(".")[0]
        assert {reference["TransactionID"] for reference in subscriber.references} == {tender}
        assert subscriber.events == ["CardInserted", "CardRemoved"]


def test_a_notification_has_the_header_and_the_form_that_were_recorded() -> None:
    with subscribed() as (shop, subscriber):
        shop.pay("10.00", "P1")
        shop.bench.settle()
        (kind, told), *_ = subscriber.told
        assert kind == "displays"
        number = told["MessageHeader"].pop("DeviceID")
        assert number.isdigit()
        assert told["MessageHeader"] == {
            "MessageClass": "Device",
            "MessageCategory": "Display",
            "MessageType": "Request",
            "ProtocolVersion": "3.0",
            "SaleID": "Till1",
            "ServiceID": "P1",
            "POIID": shop.api.poiid,
        }
        (output,) = told["DisplayRequest"]["DisplayOutput"]
        reference = output["OutputContent"]["PredefinedContent"].pop("ReferenceID")
        assert reference.startswith("TransactionID=")
        assert reference.endswith("Z&event=TENDER_CREATED")
        assert "%3a" in reference
        assert output == {
            "Device": "CashierDisplay",
            "InfoQualify": "Status",
            "OutputContent": {"OutputFormat": "MessageRef", "PredefinedContent": {}},
            "ResponseRequiredFlag": False,
        }


@pytest.mark.parametrize(
    ("ends", "steps", "result"),
    [
        ("swipe", ["CARD_SWIPED"], "APPROVED"),
        ("tap", ["CARD_PRESENTED"], "APPROVED"),
        ("declined", ["CARD_SWIPED"], "DECLINED"),
        ("cancel", [], "CANCELLED"),
        ("time", [], "CANCELLED"),
    ],
)
def test_every_dialogue_begins_and_ends_with_its_result(ends: str, steps: list[str], result: str) -> None:
    with subscribed() as (shop, subscriber):
        shop.pay("10.00", "P1")
        match ends:
            case "tap":
                shop.terminal.tap("visa-credit")
            case "cancel":
                shop.terminal.press("CANCEL")
            case "time":
                shop.bench.advance(121 * SECOND)
            case _:
                if ends == "declined":
                    shop.bench.host_answers(["declined"])
                shop.terminal.swipe("visa-stripe")
        shop.bench.advance(5 * SECOND)
        assert subscriber.tender == ["TENDER_CREATED", *steps, "TENDER_FINAL"]
        assert subscriber.references[-1]["Result"] == result


def test_a_number_that_is_typed_and_an_application_that_is_chosen_are_told() -> None:
    with subscribed(decks=[CARDS]) as (shop, subscriber):
        shop.pay("10.00", "P1")
        shop.terminal.insert("two-applications")
        shop.terminal.touch("application-1")
        shop.bench.advance(5 * SECOND)
        shop.terminal.remove_card()
        shop.bench.advance(60 * SECOND)
        assert subscriber.tender[1:4] == [
            "CARD_INSERTED",
            "WAIT_FOR_APP_SELECTION",
            "APPLICATION_SELECTED",
        ]
        body = {
            "SaleData": {
                "SaleTransactionID": {"TransactionID": "T", "TimeStamp": "2026-01-15T09:00:00+00:00"},
                "SaleToAcquirerData": "tenderOption=MOTO",
            },
            "PaymentTransaction": {"AmountsReq": {"Currency": "CAD", "RequestedAmount": 10.0}},
        }
        shop.ask("Payment", body, "Till1", "P2")
        for key in (*"4111111111111111", "OK", *"0330", "OK", *"737", "OK"):
            shop.terminal.press(key)
        shop.bench.advance(5 * SECOND)
        assert subscriber.tender[-4:] == [
            "TENDER_CREATED",
            "PROVIDE_CARD_DETAILS",
            "CARD_DETAILS_PROVIDED",
            "TENDER_FINAL",
        ]


def test_what_a_merchant_does_alone_is_no_tender() -> None:
    with subscribed("s1f2") as (shop, subscriber):
        shop.terminal.touch("payment")
        for key in "1000":
            shop.terminal.press(key)
        shop.terminal.press("OK")
        shop.terminal.swipe("visa-stripe")
        shop.bench.advance(60 * SECOND)
        assert subscriber.told == []


def test_an_answer_that_nobody_waited_for_is_told_where_events_are() -> None:
    with subscribed() as (shop, subscriber):
        request = {
            "MessageHeader": {
                "MessageCategory": "Diagnosis",
                "MessageClass": "Service",
                "MessageType": "Request",
                "POIID": shop.api.poiid,
                "ProtocolVersion": "3.0",
                "SaleID": "Till1",
                "ServiceID": "D1",
            },
            "DiagnosisRequest": {},
        }
        shop.api.receive(
            json.dumps({"SaleToPOIRequest": request}).encode(), shop.api.tell_later, sealed=False
        )
        shop.bench.settle()
        ((kind, told),) = subscriber.told
        assert kind == "events"
        assert told["DiagnosisResponse"]["Response"]["Result"] == "Success"


def test_what_happens_to_a_terminal_is_told() -> None:
    with subscribed() as (shop, subscriber):
        for key in ("8", "OK"):
            shop.terminal.press(key)
        shop.terminal.press("CANCEL")
        shop.terminal.power_off()
        shop.terminal.power_on()
        shop.bench.advance(5 * SECOND)
        assert subscriber.events == ["BeginMaintenance", "EndMaintenance", "Shutdown", "Initialised"]
        headers = [told["MessageHeader"] for _, told in subscriber.told]
        assert {header["MessageType"] for header in headers} == {"Notification"}
        assert len({header["DeviceID"] for header in headers}) == len(headers)


def test_what_is_not_accepted_is_sent_again_by_the_virtual_clock_and_in_its_order() -> None:
    with subscribed() as (shop, subscriber):
        subscriber.accepts = False
        shop.pay("10.00", "P1")
        shop.terminal.press("CANCEL")
        shop.bench.settle()
        for minutes, tries in ((1, 2), (2, 3), (4, 4)):
            shop.bench.advance(minutes * MINUTE - SECOND)
            assert subscriber.tender == ["TENDER_CREATED"] * (tries - 1)
            shop.bench.advance(SECOND)
            assert subscriber.tender == ["TENDER_CREATED"] * tries
        subscriber.accepts = True
        shop.bench.advance(8 * MINUTE)
        assert subscriber.tender[4:] == ["TENDER_CREATED", "TENDER_FINAL"]
        bodies = [told for kind, told in subscriber.told if kind == "displays"]
        assert all(body == bodies[0] for body in bodies[:5])


def test_nothing_leaves_while_the_terminal_has_no_link() -> None:
    with subscribed() as (shop, subscriber):
        shop.terminal.network(False)
        shop.pay("10.00", "P1")
        shop.terminal.press("CANCEL")
        shop.bench.advance(10 * MINUTE)
        assert subscriber.told == []
        shop.terminal.network(True)
        shop.bench.advance(SECOND)
        assert subscriber.tender == ["TENDER_CREATED", "TENDER_FINAL"]


class Receiver(HTTPServer):
    """A point of sale behind a port: its `answers` in order, `[accepted]` when there are no more."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.got: list[tuple[str, str, bytes]] = []
        self.bodies: SimpleQueue[bytes] = SimpleQueue()
        receiver = self

        class Answering(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.got.append((self.path, self.headers.get("authorization", ""), body))
                receiver.bodies.put(body)
                status, said = receiver.answers.pop(0) if receiver.answers else (200, b"[accepted]")
                self.send_response(status)
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                """Nothing is logged."""

        super().__init__(("127.0.0.1", 0), Answering)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        thread = threading.Thread(target=made.serve_forever)
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def test_over_http_only_accepted_is_an_answer(receiver: Receiver) -> None:
    receiver.answers = [(200, b"ok"), (503, b"[accepted]")]
    url = f"http://till:s%40fe@127.0.0.1:{receiver.server_port}/events?shop=1"
    with Bench(trace=False) as bench:
        terminal = bench.add_terminal("v400m")
        with bench.serve_pos(sealed=False, events=url) as served:
            for key in ("8", "OK"):
                terminal.press(key)
            terminal.press("CANCEL")

            def all_came() -> bool:
                """A minute of virtual time passes at each look."""
                bench.advance(MINUTE)
                return len(receiver.got) == 4

            served.until(all_came, 60)
    assert {path for path, _, _ in receiver.got} == {"/events?shop=1"}
    assert {told for _, told, _ in receiver.got} == {f"Basic {b64encode(b'till:s@fe').decode()}"}
    bodies = [json.loads(body)["SaleToPOIRequest"] for _, _, body in receiver.got]
    assert bodies[0] == bodies[1] == bodies[2]
    assert [body["EventNotification"]["EventToNotify"] for body in bodies[2:4]] == [
        "BeginMaintenance",
        "EndMaintenance",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x",
        "http://192.0.2.1/x",
        "http://example.com/",
        "127.0.0.1:9",
        "http://:9/",
        "http://127.0.0.1:x/",
    ],
)
def test_notifications_go_to_this_machine_alone(url: str) -> None:
    with Bench(trace=False) as bench:
        bench.add_terminal("v400m")
        with pytest.raises(BenchMisuse, match="notifications"), bench.serve_pos(events=url):
            pass
