"""Where a host is, as people write it."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_sim.errors import BenchMisuse, Unsafe
from terminal_sim.host.network.address import HostAddress, TlsFiles
from terminal_sim.host.network.framing import Framing, LengthHeader
from terminal_sim.host.network.tls import client_context, server_context

GOOD = [
    ("iso8583://127.0.0.1:8583", HostAddress("127.0.0.1", 8583)),
    ("iso8583://localhost:1/", HostAddress("localhost", 1)),
    ("iso8583://[::1]:8583", HostAddress("::1", 8583)),
    ("iso8583://127.0.0.1:1?header=4", HostAddress("127.0.0.1", 1, Framing(LengthHeader.FOUR_BYTES))),
    (
        "iso8583://127.0.0.1:1?header=digits&tpdu=6000030000",
        HostAddress("127.0.0.1", 1, Framing(LengthHeader.FOUR_DIGITS, bytes.fromhex("6000030000"))),
    ),
    (
        "tls+iso8583://127.0.0.1:1?ca=ca.pem",
        HostAddress("127.0.0.1", 1, tls=TlsFiles(ca=Path("ca.pem"))),
    ),
    ("iso8583://192.0.2.7:1?beyond=loopback", HostAddress("192.0.2.7", 1)),
]

WRONG = [
    ("tcp://127.0.0.1:1", "a host begins with iso8583:// or tls+iso8583://"),
    ("127.0.0.1:8583", "a host begins with"),
    ("iso8583://127.0.0.1", "a name and a port are missing"),
    ("iso8583://:8583", "a name and a port are missing"),
    ("iso8583://127.0.0.1:70000", "a port is a number from 0 to 65535"),
    ("iso8583://127.0.0.1:x", "a port is a number from 0 to 65535"),
    ("iso8583://127.0.0.1:1/path", "behind the port come options only"),
    ("iso8583://127.0.0.1:1?header=3", "header=3: the forms of a length are 2, 4, digits"),
    ("iso8583://127.0.0.1:1?tpdu=60", "a TPDU has ten hex digits"),
    ("iso8583://127.0.0.1:1?tpdu=", "a TPDU has ten hex digits"),
    (
        "iso8583://127.0.0.1:1?ca=ca.pem",
        "there is no option 'ca' here; there are header, tpdu, dialect, sign-on, echo, new-keys, beyond",
    ),
    ("iso8583://127.0.0.1:1?header=2&header=4", "an option stands twice"),
    ("iso8583://127.0.0.1:1?header", "an option is written name=value"),
    ("tls+iso8583://127.0.0.1:1?certificate=a.pem", "a certificate and its key belong together"),
]


@pytest.mark.parametrize(("text", "address"), GOOD)
def test_an_address_is_read(text: str, address: HostAddress) -> None:
    assert HostAddress.parse(text) == address


@pytest.mark.parametrize(("text", "why"), WRONG)
def test_what_is_no_address_is_refused_by_one_sentence_that_quotes_it(text: str, why: str) -> None:
    with pytest.raises(BenchMisuse) as refused:
        HostAddress.parse(text)
    assert str(refused.value).startswith(f"{text}: ")
    assert why in str(refused.value)


def test_a_host_on_another_machine_is_reached_on_purpose_only() -> None:
    with pytest.raises(Unsafe, match=r"192\.0\.2\.7 is not this machine: allow it with beyond=loopback"):
        HostAddress.parse("iso8583://192.0.2.7:8583")


def test_a_file_that_tls_cannot_use_is_named(tmp_path: Path) -> None:
    missing, empty = tmp_path / "ca.pem", tmp_path / "empty.pem"
    empty.touch()
    for file in (missing, empty):
        with pytest.raises(BenchMisuse, match=f"{file}: no certificates can be read"):
            client_context(HostAddress.parse(f"tls+iso8583://127.0.0.1:1?ca={file}"))
    with pytest.raises(BenchMisuse, match="no certificate with its key"):
        server_context(HostAddress.parse(f"tls+iso8583://127.0.0.1:1?certificate={empty}&key={empty}"))
    with pytest.raises(BenchMisuse, match="to serve TLS takes"):
        server_context(HostAddress.parse("tls+iso8583://127.0.0.1:1"))
