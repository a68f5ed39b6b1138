"""A host that knows nothing of ours: a socket, pyiso8583's codec with the tables of this file, and books of its own.

It signs terminals on, authorises, takes charges back once, and reconciles. What a terminal sent stands in `seen`, as the library reads it.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread
from types import TracebackType
from typing import Any, Self

import iso8583
from iso8583.specs import default

from tests.host.network.kit import WAIT

Fields = dict[str, str]
Specification = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Language:
    """What differs between the versions of the standard as this host speaks them."""

    spec: Specification
    types: dict[str, str]
    """The types of its answers by those of requests and of their repeats."""
    accepted: dict[str, str]
    """What says that a message was accepted, by the type of its answer."""
    function: str
    """The field that says what network management is about."""
    refused: str = "05"


def _packed(most: int, length: int = 0) -> dict[str, object]:
    return {
        "data_enc": "b", "len_enc": "bcd", "len_type": length, "max_len": most, "len_count": "nibbles", "left_pad": "0", "desc": "",
    }  # fmt: skip


def _bytes(most: int, length: int = 0, lengths: str = "bcd") -> dict[str, object]:
    return {"data_enc": "b", "len_enc": lengths, "len_type": length, "max_len": most, "desc": ""}


PACKED_1987: Specification = {
    **{number: {**form, "len_enc": "bcd"} for number, form in default.items()},
    **{number: _packed(most) for number, most in (
        ("3", 6), ("4", 12), ("7", 10), ("11", 6), ("12", 12), ("14", 4), ("22", 3), ("23", 3), ("25", 2), ("49", 3), ("56", 4), ("70", 3),
        ("74", 10), ("76", 10), ("77", 10), ("86", 16), ("88", 16), ("89", 16), ("90", 42),
    )},
    "t": _bytes(2), "p": _bytes(8), "1": _bytes(8), "2": _packed(19, 1), "35": _packed(37, 1), "48": _bytes(255, 2), "52": _bytes(8),
    "55": _bytes(255, 2), "64": _bytes(8), "128": _bytes(8),
}  # fmt: skip
TEXT_1993: Specification = {
    **default,
    "12": {**default["12"], "max_len": 12},
    "22": {**default["22"], "max_len": 12},
    "25": {**default["25"], "max_len": 4},
    "39": {**default["39"], "max_len": 3},
    "44": {**default["44"], "len_type": 2, "max_len": 99},
    "48": _bytes(999, 3, "ascii"),
    "52": _bytes(8),
    "55": _bytes(255, 3, "ascii"),
    "56": {**default["56"], "len_type": 2, "max_len": 35},
    "64": _bytes(8),
    "128": _bytes(8),
}


def _answers(*types: str) -> dict[str, str]:
    """The answers to types of requests, and to their repeats."""
    found: dict[str, str] = {}
    for kind in types:
        answer = f"{kind[:2]}{int(kind[2]) + 1}{kind[3]}"
        found |= {kind: answer, f"{kind[:3]}{int(kind[3]) + 1}": answer}
    return found


LANGUAGES = {
    "iso8583-1987": Language(
        PACKED_1987,
        _answers("0100", "0200", "0120", "0220", "0320", "0400", "0500", "0800"),
        {},
        "70",
    ),
    "iso8583-1993": Language(
        TEXT_1993,
        _answers("1100", "1200", "1120", "1220", "1320", "1420", "1500", "1804"),
        {"1330": "300", "1430": "400", "1510": "500", "1814": "800"},
        "24",
        "100",
    ),
}


@dataclass
class HostOfOthers:
    """`with HostOfOthers(language) as host:` it listens at `host.address`. `decides` gives the answer of a message in the place of its own, None for
    silence. `code` makes and checks the last field of a message where its messages have codes.
    """

    language: Language
    certificate: tuple[Path, Path] | None = None
    decides: Callable[[Fields], Fields | None] | None = None
    code: Callable[[bytes], bytes] | None = None
    options: str = ""
    seen: list[Fields] = field(default_factory=list)
    charged: dict[tuple[str, str], int] = field(default_factory=dict)
    connections: int = 0

    def __enter__(self) -> Self:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.settimeout(0.05)
        self._open = True
        self._thread = Thread(target=self._accept)
        self._thread.start()
        scheme = "iso8583" if self.certificate is None else "tls+iso8583"
        self.address = f"{scheme}://127.0.0.1:{self._listening.getsockname()[1]}{self.options}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open = False
        self._thread.join(WAIT)
        self._listening.close()

    def _accept(self) -> None:
        threads = []
        while self._open:
            try:
                line, _ = self._listening.accept()
            except TimeoutError:
                continue
            self.connections += 1
            threads.append(Thread(target=self._serve, args=(line,)))
            threads[-1].start()
        for thread in threads:
            thread.join(WAIT)

    def _serve(self, line: socket.socket) -> None:
        line.settimeout(WAIT)
        try:
            with self._secured(line) as secured:
                secured.settimeout(0.05)
                while (message := self._message(secured)) is not None:
                    if (answer := self._answer(message)) is not None:
                        secured.sendall(len(answer).to_bytes(2) + answer)
        except (OSError, ssl.SSLError):
            return

    def _secured(self, line: socket.socket) -> socket.socket:
        if self.certificate is None:
            return line
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*self.certificate)
        return context.wrap_socket(line, server_side=True)

    def _message(self, line: socket.socket) -> bytes | None:
        head = self._exactly(line, 2)
        return None if head is None else self._exactly(line, int.from_bytes(head))

    def _exactly(self, line: socket.socket, count: int) -> bytes | None:
        data = b""
        while len(data) < count:
            try:
                piece = line.recv(count - len(data))
            except TimeoutError:
                if self._open:
                    continue
                return None
            if not piece:
                return None
            data += piece
        return data

    def _answer(self, message: bytes) -> bytes | None:
        asked = dict(iso8583.decode(message, self.language.spec)[0])
        if self.code is not None and message[-8:] != self.code(message[:-8]):
            return None
        self.seen.append(asked)
        answer = self._decided(asked) if self.decides is None else self.decides(asked)
        if answer is None:
            return None
        if self.code is not None:
            answer["128" if any(name.isdigit() and int(name) > 64 for name in answer) else "64"] = "00" * 8
        encoded = bytes(iso8583.encode(answer, self.language.spec)[0])
        return encoded if self.code is None else encoded[:-8] + self.code(encoded[:-8])

    def _decided(self, asked: Fields) -> Fields:
        """The answer, by the books of this host."""
        kind = self.language.types[asked["t"]]
        answer = {
            name: asked[name] for name in ("4", "11", "41", "49", self.language.function) if name in asked
        }
        if kind[1] != "8":
            answer.pop(self.language.function, None)
        answer["t"] = kind
        answer["39"] = self.language.accepted.get(kind, "0" * len(self.language.refused))
        known = asked["41"], asked["11"]
        if kind[1] == "1" and kind[2] == "1":
            self.charged.setdefault(known, int(asked["4"]))
            answer["38"] = f"{len(self.charged):06d}"
            answer["37"] = f"{len(self.seen):012d}"
        elif kind[1] == "4":
            original = asked.get("90") or asked["56"]
            self.charged[asked["41"], original[4:10]] = 0
        return answer
