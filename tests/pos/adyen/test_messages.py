"""Requests are read as the vendor's library sends them, and answers are written so that it loses nothing of them."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from terminal_sim.pos.adyen.messages.additional import (
    AdditionalDataError,
    DataForm,
    read_additional,
    write_additional,
)
from terminal_sim.pos.adyen.messages.common import MessageHeader
from terminal_sim.pos.adyen.messages.requests import BODIES, NexoPaymentRequest
from terminal_sim.pos.adyen.messages.responses import ANSWERS, written
from terminal_sim.pos.adyen.messages.values import Category
from terminal_sim.pos.adyen.wire.reading import Malformed, NotJson, read_envelope, read_request
from tests.pos.vectors import vectors

REQUESTS = vectors("adyen_requests")
SENT = {sent["name"]: sent["plaintext"] for sent in REQUESTS["local_encrypted"]["requests"]}
RESPONSES = vectors("adyen_responses")["responses"]
LEAST = SENT["payment, least fields"]
AMOUNTS = "SaleToPOIRequest.PaymentRequest.PaymentTransaction.AmountsReq"


def additional_texts() -> list[str]:
    found = []
    for vector in RESPONSES:
        for body in vector["body"]["SaleToPOIResponse"].values():
            text = body.get("Response", {}).get("AdditionalResponse", "") if isinstance(body, dict) else ""
            found += [text] if text else []
    return found


@pytest.mark.parametrize("name", SENT)
def test_a_request_as_the_library_sends_it_is_read_whole(name: str) -> None:
    request = read_request(read_envelope(SENT[name].encode()))
    body = json.loads(SENT[name])["SaleToPOIRequest"][f"{request.category.value}Request"]
    assert isinstance(request.body, BODIES[request.category])
    assert request.unknown == ()
    if request.category not in (Category.BALANCE_INQUIRY, Category.STORED_VALUE, Category.ADMIN):
        assert json.loads(written(request.body)) == body


@pytest.mark.parametrize("part", ["local_unencrypted", "cloud"])
def test_requests_in_clear_are_read(part: str) -> None:
    for sent in REQUESTS[part]["requests"]:
        assert read_request(read_envelope(sent["body"].encode())).header.poiid == "V400m-123456789"


@pytest.mark.parametrize("vector", RESPONSES, ids=lambda vector: str(vector["name"]))
def test_an_answer_is_written_back_without_a_member_lost_or_changed(vector: dict[str, Any]) -> None:
    body = vector["body"]["SaleToPOIResponse"]
    header = msgspec.convert(body["MessageHeader"], MessageHeader)
    (name,) = (member for member in body if member != "MessageHeader")
    answer = msgspec.json.decode(json.dumps(body[name]), type=ANSWERS[header.message_category])
    assert json.loads(written(answer)) == body[name]
    assert json.loads(written(header)) == body["MessageHeader"]


def test_an_amount_is_the_decimal_number_that_was_sent() -> None:
    request = read_request(read_envelope(LEAST.replace("10.99", "1.15").encode()))
    assert isinstance(request.body, NexoPaymentRequest)
    amount = request.body.payment_transaction.amounts_req.requested_amount
    assert amount * 100 == 115
    assert written({"amount": amount}) == b'{"amount":1.15}'


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ("{}", "At root, field SaleToPOIRequest: Missing"),
        ('{"SaleToPOIRequest":7}', "At root, field SaleToPOIRequest: Expected JSON object"),
        ('{"SaleToPOIRequest":{}}', "At SaleToPOIRequest, field MessageHeader: Missing"),
        (
            LEAST.replace('"POIID":"V400m-123456789",', ""),
            "At SaleToPOIRequest.MessageHeader, field POIID: Missing",
        ),
        (LEAST.replace('"Currency":"CAD",', ""), f"At {AMOUNTS}, field Currency: Missing"),
        (
            LEAST.replace("10.99", "[]"),
            f"At {AMOUNTS}, field RequestedAmount: Expected decimal, got array",
        ),
        (
            LEAST.replace('"1000000001"', '"12345678901"'),
            "At SaleToPOIRequest.MessageHeader, field ServiceID: Expected str of length <= 10",
        ),
        (
            LEAST.replace('"PaymentRequest":', '"PaymentReqest":'),
            "At SaleToPOIRequest, field PaymentRequest: Missing",
        ),
        (
            LEAST.replace('"MessageType":"Request"', '"MessageType":"Response"'),
            "At SaleToPOIRequest.MessageHeader, field MessageType: Expected Request",
        ),
    ],
)
def test_what_a_request_lacks_is_told_by_its_place(sent: str, errors: str) -> None:
    with pytest.raises(Malformed) as told:
        read_request(read_envelope(sent.encode()))
    assert told.value.errors == errors


@pytest.mark.parametrize("sent", [b"", b"{", b"[]", b"7", b'{"a":' + b"[" * 5_000, b"\xff\xfe{}"])
def test_text_that_is_no_json_object_is_told_as_such(sent: bytes) -> None:
    with pytest.raises(NotJson):
        read_envelope(sent)


def test_members_that_are_not_known_are_passed_over_and_named() -> None:
    sent = LEAST.replace('"PaymentRequest":', '"Extra":{"a":1},"PaymentRequest":')
    assert read_request(read_envelope(sent.encode())).unknown == ("Extra",)


@pytest.mark.parametrize("text", additional_texts())
def test_additional_data_reads_and_writes_the_same_members(text: str) -> None:
    form, members = read_additional(text)
    again = write_additional(form, members)
    if form is DataForm.KEY_VALUE:
        assert sorted(again.split("&")) == sorted(text.split("&"))
        assert read_additional(again) == (form, members)


def test_base64_json_is_told_by_dotted_names() -> None:
    form, members = read_additional(vectors_of("payment, SaleToAcquirerData as base64 JSON"))
    assert form is DataForm.BASE64_JSON
    assert members == {
        "tenderOption": "ReceiptHandler,AskGratuity",
        "metadata.table": "7",
        "applicationInfo.merchantApplication.name": "POS",
        "applicationInfo.merchantApplication.version": "1",
    }


def vectors_of(name: str) -> str:
    data = json.loads(SENT[name])["SaleToPOIRequest"]["PaymentRequest"]["SaleData"]
    return str(data["SaleToAcquirerData"])


@pytest.mark.parametrize("text", ["no pair", "=value", "a=1&b"])
def test_text_in_neither_form_is_told(text: str) -> None:
    with pytest.raises(AdditionalDataError):
        read_additional(text)
