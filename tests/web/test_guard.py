"""Who may talk to a served bench: nobody but who was given its link, from no page but its own."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from terminal_sim.web.guard import BAD_TOKENS, LARGEST_BODY
from tests.web.kit import API, Client, served


def handshake(client: Client, headers: dict[str, str]) -> int:
    """The status with which the opening handshake of a WebSocket is answered (RFC 6455, 4.1)."""
    own = {
        "Host": f"{client.address.host}:{client.address.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Protocol": f"terminal-sim.1, bearer.{client.address.token}",
    }
    said = "".join(f"{name}: {value}\r\n" for name, value in {**own, **headers}.items())
    with socket.create_connection((client.address.host, client.address.port), 20) as line:
        line.sendall(f"GET {API}/ws HTTP/1.1\r\n{said}\r\n".encode())
        return int(line.recv(64).split()[1])


def test_a_websocket_opens_for_who_has_the_token(shared: Client) -> None:
    assert handshake(shared, {}) == 101


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-WebSocket-Protocol": "terminal-sim.1, bearer.wrong"}, 401),
        ({"Host": "evil.example"}, 421),
        ({"Origin": "http://evil.example"}, 403),
    ],
)
def test_no_websocket_opens_for_a_stranger(shared: Client, headers: dict[str, str], status: int) -> None:
    assert handshake(shared, headers) == status
    own = {"Authorization": "Bearer wrong"} if status == 401 else headers
    assert shared.ask("GET", f"{API}/bench", headers=own)[0] == status


def test_wrong_tokens_close_the_bench_for_a_while() -> None:
    with served("v400m") as bench:
        wrong = {"Authorization": "Bearer wrong"}
        said = [bench.ask("GET", f"{API}/bench", headers=wrong)[0] for _ in range(BAD_TOKENS + 1)]
        assert said == [401] * BAD_TOKENS + [429]
        assert bench.ask("GET", f"{API}/bench")[0] == 429


def test_a_body_that_is_too_large_is_not_read(shared: Client) -> None:
    headers = {"Content-Type": "text/plain"}
    status, problem = shared.ask("POST", f"{API}/lines", b"#" * (LARGEST_BODY + 1), headers=headers)
    assert (status, problem["code"]) == (413, "too-large")


def test_a_large_body_without_its_length_is_cut_off(shared: Client) -> None:
    chunk = b"10000\r\n" + b"#" * 0x10000 + b"\r\n"
    head = (
        f"POST {API}/lines HTTP/1.1\r\nHost: {shared.address.host}:{shared.address.port}\r\n"
        f"Authorization: Bearer {shared.address.token}\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    with socket.create_connection((shared.address.host, shared.address.port), 20) as line:
        try:
            line.sendall(head.encode() + chunk * 20 + b"0\r\n\r\n")
            assert b" 413 " in line.recv(64)
        except ConnectionError:
            pass  # it was cut off while we still talked


def test_it_listens_on_this_machine_alone(shared: Client) -> None:
    """All listening sockets of this process, whatever opened them."""
    own = {
        os.readlink(link).removeprefix("socket:[").rstrip("]")
        for link in map(str, Path("/proc/self/fd").iterdir())
        if os.path.islink(link) and os.readlink(link).startswith("socket:")
    }
    listening = set()
    for table in ("tcp", "tcp6"):
        for row in Path("/proc/net", table).read_text("ascii").splitlines()[1:]:
            fields = row.split()
            if fields[3] == "0A" and fields[9] in own:
                listening.add(fields[1])
    assert f"0100007F:{shared.address.port:04X}" in listening
    assert {each.partition(":")[0] for each in listening} == {"0100007F"}


def test_every_answer_forbids_the_page_to_load_from_elsewhere(shared: Client) -> None:
    _, headers, _ = shared.ask_raw("GET", f"{API}/bench")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
