"""A client on a library of others gets its answers from the served acquirer, and input that is no message hurts nobody."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from random import Random

import iso8583
import pytest
from iso8583.specs import default

from tests.host.network.host_of_others import TEXT_1993, Specification
from tests.host.network.kit import WAIT, Serving
from tests.host.samples import PAN

BCD = {"data_enc": "b", "len_enc": "bcd"}
ELEMENTS = {
    # number: digits or bytes at most, bytes of the length before it, how it is packed, what the length counts
    "2": (19, 1, "b", "nibbles"), "3": (6, 0, "b", "nibbles"), "4": (12, 0, "b", "nibbles"), "7": (10, 0, "b", "nibbles"),
    "11": (6, 0, "b", "nibbles"), "12": (12, 0, "b", "nibbles"), "14": (4, 0, "b", "nibbles"), "22": (3, 0, "b", "nibbles"),
    "25": (2, 0, "b", "nibbles"), "37": (12, 0, "ascii", "bytes"), "38": (6, 0, "ascii", "bytes"),
    "39": (2, 0, "ascii", "bytes"), "41": (8, 0, "ascii", "bytes"), "42": (15, 0, "ascii", "bytes"),
    "48": (255, 2, "b", "bytes"), "49": (3, 0, "b", "nibbles"), "90": (42, 0, "b", "nibbles"),
}  # fmt: skip
"""The elements of the package's table in the terms of the library."""


def specification() -> dict[str, dict[str, object]]:
    spec: dict[str, dict[str, object]] = {name: dict(form) for name, form in default.items()}
    for name in ("h", "t", "p", "1"):
        spec[name] |= BCD
    for name, (most, length, packing, counts) in ELEMENTS.items():
        spec[name] = {
            "data_enc": packing, "len_enc": "bcd", "len_type": length, "max_len": most,
            "len_count": counts, "left_pad": "0", "desc": "",
        }  # fmt: skip
    return spec


SPEC = specification()


class Client:
    """A terminal that knows nothing of ours: a socket, and the library's codec."""

    def __init__(self, port: int, spec: Specification | None = None) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), WAIT)
        self._spec = spec or SPEC

    def ask(self, fields: dict[str, str]) -> dict[str, str]:
        message, _ = iso8583.encode(fields, self._spec)
        self._socket.sendall(len(message).to_bytes(2) + message)
        answer, _ = iso8583.decode(self._exactly(int.from_bytes(self._exactly(2))), self._spec)
        return dict(answer)

    def _exactly(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            piece = self._socket.recv(count - len(data))
            assert piece, "the host hung up"
            data += piece
        return data

    def close(self) -> None:
        self._socket.close()


SALE = {
    "t": "0100", "2": PAN, "3": "000000", "4": "000000001250", "7": "0115090000", "11": "000042",
    "12": "260115090000", "14": "3003", "22": "011", "25": "00", "41": "OTHER001", "42": "OTHERMERCHANT  ",
    "48": (b"\x01\x0cOTHER0010042").hex(), "49": "124",
}  # fmt: skip
REVERSAL = {
    **{name: value for name, value in SALE.items() if name not in ("2", "14")},
    "t": "0400", "11": "000042", "90": "0100000042" + "0" * 32,
    "48": (b"\x01\x0eOTHER0010042-R" + b"\x02\x0cOTHER0010042").hex(),
}  # fmt: skip


@pytest.fixture
def host() -> Iterator[Serving]:
    with Serving() as serving:
        yield serving


def test_a_payment_and_its_reversal_are_answered_and_a_repeat_gets_the_same_answer(host: Serving) -> None:
    client = Client(host.port)
    answer = client.ask(SALE)
    assert {name: answer[name] for name in ("t", "4", "11", "39", "41")} == {
        "t": "0110", "4": SALE["4"], "11": "000042", "39": "00", "41": "OTHER001",
    }  # fmt: skip
    assert len(answer["38"]) == 6
    assert client.ask({**SALE, "t": "0101"}) == answer
    assert client.ask({**SALE, "4": "000000001251"})["39"] == "94"
    assert client.ask(REVERSAL)["39"] == "00"
    client.close()


def test_two_requests_in_one_piece_are_two_answers(host: Serving) -> None:
    with socket.create_connection(("127.0.0.1", host.port), WAIT) as line:
        frames = b""
        for stan in ("000001", "000002"):
            reference = f"OTHER001{stan}".encode()
            private = (b"\x01" + bytes((len(reference),)) + reference).hex()
            message, _ = iso8583.encode({**SALE, "11": stan, "48": private}, SPEC)
            frames += len(message).to_bytes(2) + message
        line.sendall(frames)
        answers = set()
        for _ in range(2):
            size = int.from_bytes(line.recv(2, socket.MSG_WAITALL))
            answers.add(iso8583.decode(line.recv(size, socket.MSG_WAITALL), SPEC)[0]["11"])
    assert answers == {"000001", "000002"}


def test_what_is_no_message_is_noted_and_the_host_serves_on(host: Serving) -> None:
    random = Random(7)
    lines = []
    for _ in range(60):
        line = socket.create_connection(("127.0.0.1", host.port), WAIT)
        line.sendall(random.randbytes(random.randrange(1, 400)))
        lines.append(line)
    client = Client(host.port)
    assert client.ask(SALE)["39"] == "00"
    client.close()
    for line in lines:
        line.close()
    assert [message.message.kind for message in host.messages if message.message] == ["sale"]
    assert all(message.note for message in host.messages if not message.message)


def test_connections_beyond_the_bound_are_closed_and_the_others_are_served(host: Serving) -> None:
    lines = [socket.create_connection(("127.0.0.1", host.port), WAIT) for _ in range(300)]
    closed = 0
    for line in lines[256:]:
        line.settimeout(WAIT)
        try:
            closed += line.recv(1) == b""
        except ConnectionResetError:
            closed += 1
    assert closed == 44
    for line in lines:
        line.close()


def test_a_client_of_1993_is_authorised_reversed_and_signed_on_by_its_own_table() -> None:
    with Serving("iso8583://127.0.0.1:0?dialect=iso8583-1993") as served:
        client = Client(served.port, TEXT_1993)
        about = {"7": "0115090000", "12": "260115090000", "41": "OTHER001"}
        signed_on = client.ask({"t": "1804", "11": "000001", "24": "801", **about})
        assert {name: signed_on[name] for name in ("t", "11", "24", "39", "41")} == {
            "t": "1814", "11": "000001", "24": "801", "39": "800", "41": "OTHER001",
        }  # fmt: skip
        sale = {
            "t": "1100", "2": PAN, "3": "000000", "4": "000000001250", "11": "000042", "14": "3003", "22": "510101600344", "24": "100",
            "42": "OTHERMERCHANT  ", "48": SALE["48"], "49": "124", **about,
        }  # fmt: skip
        answer = client.ask(sale)
        assert (answer["t"], answer["4"], answer["39"]) == ("1110", sale["4"], "000")
        assert client.ask({**sale, "t": "1101"}) == answer
        assert client.ask({**sale, "4": "000000001251"})["39"] == "913"
        undone = {name: text for name, text in sale.items() if name not in ("2", "14")}
        reversal = {
            **undone,
            "t": "1420",
            "24": "400",
            "25": "4021",
            "48": REVERSAL["48"],
            "56": "1100000042" + "0" * 25,
        }
        assert client.ask(reversal)["39"] == "400"
        assert client.ask({**reversal, "t": "1421"})["39"] == "400"
        client.close()
