"""Who may talk to a served bench: nobody but who was given its link, from no page but its own."""

from __future__ import annotations

import socket

import pytest

from terminal_sim.web.api import PREFIX, operations
from terminal_sim.web.guard import BAD_TOKENS, LARGEST_BODY
from tests.web.kit import API, Client, served

HOSTILE: dict[str, tuple[dict[str, str], int]] = {
    "no token": ({"Authorization": ""}, 401),
    "a wrong token": ({"Authorization": "Bearer AAAA"}, 401),
    "a token of another scheme": ({"Authorization": "Basic AAAA"}, 401),
    "a name that a stranger's DNS points here": ({"Host": "evil.example"}, 421),
    "a host with another port": ({"Host": "127.0.0.1:1"}, 421),
    "a host without its port": ({"Host": "127.0.0.1"}, 421),
    "an empty host": ({"Host": ""}, 421),
    "a host that begins like ours": ({"Host": "127.0.0.1.evil.example"}, 421),
    "the origin of another page": ({"Origin": "http://evil.example"}, 403),
    "an origin that is none": ({"Origin": "null"}, 403),
    "an origin of another scheme": ({"Origin": "https://127.0.0.1"}, 403),
    "an origin that begins like ours": ({"Origin": "http://127.0.0.1.evil.example"}, 403),
    "another site's request": ({"Sec-Fetch-Site": "cross-site"}, 403),
    "a sibling site's request": ({"Sec-Fetch-Site": "same-site"}, 403),
    "a fetch site that nobody knows": ({"Sec-Fetch-Site": "elsewhere"}, 403),
}


def routes() -> list[tuple[str, str]]:
    """Every route of the API, with a name for each part of its path."""
    table = operations(served=None)  # type: ignore[arg-type]  # the table names its handlers and calls none
    found = [
        (each.method, (PREFIX + each.path).replace("{terminal}", "v400m-1").replace("{number}", "1"))
        for each in table
    ]
    return [*found, ("GET", f"{PREFIX}/openapi.json")]


@pytest.mark.parametrize("how", HOSTILE)
def test_no_route_answers_a_stranger(shared: Client, how: str) -> None:
    headers, status = HOSTILE[how]
    if status == 401:
        with served("v400m") as bench:  # too many wrong tokens close a bench for a minute
            assert {bench.ask(*route, headers=headers)[0] for route in routes()[:BAD_TOKENS]} == {401}
        return
    assert {shared.ask(*route, headers=headers)[0] for route in routes()} == {status}


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


@pytest.mark.parametrize("how", HOSTILE)
def test_no_websocket_opens_for_a_stranger(how: str) -> None:
    headers, status = HOSTILE[how]
    if "Authorization" in headers:
        headers = {
            "Sec-WebSocket-Protocol": f"terminal-sim.1, bearer.{headers['Authorization']}".replace(" ", "")
        }
    with served("v400m") as bench:
        assert handshake(bench, headers) == status


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
    with open("/proc/net/tcp", encoding="ascii") as table:
        listening = {row.split()[1] for row in table if row.split()[3] == "0A"}
    port = f"{shared.address.port:04X}"
    assert {each for each in listening if each.endswith(f":{port}")} == {f"0100007F:{port}"}


def test_every_answer_forbids_the_page_to_load_from_elsewhere(shared: Client) -> None:
    _, headers, _ = shared.ask_raw("GET", f"{API}/bench")
    assert "default-src 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers
