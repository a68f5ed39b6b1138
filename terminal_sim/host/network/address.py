"""Where a host is, as people write it: `iso8583://127.0.0.1:8583`, or `tls+iso8583://host:port?ca=FILE` for TLS.

| option        | meaning                                                                    |
|---------------|----------------------------------------------------------------------------|
| `header`      | the length before a message: `2` (the default) or `4` bytes, `digits` for four in ASCII |
| `tpdu`        | five bytes in hex that go before each message, such as `6000030000`         |
| `dialect`     | the name of a dialect, or the path of its file, ending in `.toml`           |
| `sign-on`     | `yes`: the terminal keeps the line and signs on before it sends a payment   |
| `echo`        | a duration such as `60s`: after as much silence it asks whether the host is there |
| `new-keys`    | a duration such as `24h`: it asks for new keys at first and after that long |
| `ca`          | TLS: a PEM file of the certificates that are trusted; the system's own by default |
| `certificate` | TLS: a PEM file with this side's certificate, where the other side asks for one |
| `key`         | TLS: a PEM file with its private key                                       |
| `beyond`      | `loopback` where the host is on another machine, or is to be reached from one |
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct

from terminal_sim.core.moment import Duration
from terminal_sim.errors import BenchMisuse, Unsafe
from terminal_sim.host.network.framing import TPDU_SIZE, Framing, LengthHeader
from terminal_sim.host.network.session import LineRules
from terminal_sim.loopback import BEYOND, is_loopback

_MICROS = 1_000_000
PLAIN_SCHEME, TLS_SCHEME = "iso8583", "tls+iso8583"
_LINE_OPTIONS = ("sign-on", "echo", "new-keys")
_OPTIONS = ("header", "tpdu", "dialect", *_LINE_OPTIONS, BEYOND)
_TLS_OPTIONS = ("ca", "certificate", "key")


class TlsFiles(Struct, frozen=True):
    """The PEM files of one side of a connection; None where it has none."""

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None


class HostAddress(Struct, frozen=True):
    """A host on a network. `tls` is None where the connection is in clear, `dialect` empty where the host file says which."""

    host: str
    port: int
    framing: Framing = Framing()
    tls: TlsFiles | None = None
    dialect: str = ""
    line: LineRules = LineRules()

    @classmethod
    def parse(cls, text: str) -> HostAddress:
        """Raises `BenchMisuse` with one sentence that names what is wrong and the cure; `Unsafe` where it leads off this machine unasked."""
        parts = urlsplit(text)
        try:
            port = parts.port
        except ValueError:
            raise BenchMisuse(f"{text}: a port is a number from 0 to 65535") from None
        if parts.scheme not in (PLAIN_SCHEME, TLS_SCHEME):
            raise BenchMisuse(f"{text}: a host begins with {PLAIN_SCHEME}:// or {TLS_SCHEME}://")
        if not parts.hostname or port is None:
            raise BenchMisuse(f"{text}: a name and a port are missing, as in {PLAIN_SCHEME}://127.0.0.1:8583")
        if parts.path not in ("", "/") or parts.username is not None or parts.fragment:
            raise BenchMisuse(f"{text}: behind the port come options only, as in ?header=4")
        secure = parts.scheme == TLS_SCHEME
        options = _options(text, parts.query, (*_OPTIONS, *_TLS_OPTIONS) if secure else _OPTIONS)
        if not is_loopback(parts.hostname) and options.get(BEYOND) != "loopback":
            raise Unsafe(f"{text}: {parts.hostname} is not this machine: allow it with {BEYOND}=loopback")
        return cls(
            parts.hostname,
            port,
            _framing(text, options),
            _tls(text, options) if secure else None,
            options.get("dialect", ""),
            _line(text, options),
        )

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{PLAIN_SCHEME if self.tls is None else TLS_SCHEME}://{host}:{self.port}"


def _options(text: str, query: str, known: tuple[str, ...]) -> dict[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, strict_parsing=bool(query))
    except ValueError:
        raise BenchMisuse(f"{text}: an option is written name=value, and & stands between two") from None
    options = dict(pairs)
    for name in options:
        if name not in known:
            raise BenchMisuse(f"{text}: there is no option {name!r} here; there are {', '.join(known)}")
    if len(options) < len(pairs):
        raise BenchMisuse(f"{text}: an option stands twice")
    return options


def _framing(text: str, options: dict[str, str]) -> Framing:
    try:
        header = LengthHeader(options.get("header", LengthHeader.TWO_BYTES.value))
    except ValueError:
        forms = ", ".join(form.value for form in LengthHeader)
        raise BenchMisuse(f"{text}: header={options['header']}: the forms of a length are {forms}") from None
    try:
        tpdu = bytes.fromhex(options.get("tpdu", ""))
    except ValueError:
        tpdu = b"?"
    if len(tpdu) not in (0, TPDU_SIZE) or ("tpdu" in options and not tpdu):
        raise BenchMisuse(f"{text}: tpdu={options['tpdu']}: a TPDU has ten hex digits, such as 6000030000")
    return Framing(header, tpdu)


def _line(text: str, options: dict[str, str]) -> LineRules:
    if options.get("sign-on", "yes") != "yes":
        raise BenchMisuse(f"{text}: sign-on={options['sign-on']}: write sign-on=yes, or leave it out")
    seconds = {}
    for name in _LINE_OPTIONS[1:]:
        try:
            seconds[name] = Duration.parse(options[name]) / _MICROS if name in options else 0
        except ValueError as wrong:
            raise BenchMisuse(f"{text}: {name}: {wrong}") from None
    return LineRules("sign-on" in options, seconds["echo"], seconds["new-keys"])


def _tls(text: str, options: dict[str, str]) -> TlsFiles:
    if ("certificate" in options) != ("key" in options):
        raise BenchMisuse(
            f"{text}: a certificate and its key belong together: give certificate=FILE&key=FILE"
        )
    return TlsFiles(**{name: Path(options[name]) for name in _TLS_OPTIONS if name in options})
