"""What holds for every reader protocol that there is: its addresses, both ends, its service, a sale, a recording, its parsers."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal_drivers.base import Card, Change, FrameError, Misuse, Presence, ReaderPart
from terminal_drivers.readers.both_ends import ChipControls
from terminal_drivers.readers.clauses import BlankCard
from terminal_drivers.readers.protocol import OWN_TRANSPORTS, Parser, ReaderProtocol, scheme
from terminal_drivers.wiring.address import parse_address
from terminal_drivers.wiring.discovery import virtual_readers
from terminal_drivers.wiring.opening import open_both, open_host
from terminal_drivers.wiring.serving import serve, services
from terminal_drivers.wiring.table import protocols
from terminal_sim.bench import Bench
from terminal_sim.cli.main import main
from terminal_sim.readers.operator import HumanOperator
from tests.examples import examples

WHERE = {
    "virtual": "", "pty": "", "serial": "///dev/ttyUSB0", "tcp": "//127.0.0.1:4001", "usb": "//0001:0002",
    "hid": "//0001:0002", "capture": "/tmp/capture.pcapng", "": "a name",
}  # fmt: skip
ATR = bytes.fromhex("3B6500002063CB6600")
SELECT = bytes.fromhex("00A4040007A000000099999900")
IN, OUT = Presence(Change.INSERTED, 0), Presence(Change.REMOVED, 0)
SALE = """keys 1
terminal v400m
scenario "A sale"
  press  OK 1000 OK
  insert visa-credit
  expect screen "Approved"
  remove card
  expect screen "Start"
"""

ALL = list(protocols())
OF_CHIPS = [each for each in ALL if ReaderPart.CONTACT in each.parts]
BOTH = [
    pytest.param(scheme(each.name, over), id=scheme(each.name, over))
    for each in OF_CHIPS
    if each.open_both is not None
    for over in OWN_TRANSPORTS
]
OWN = [
    pytest.param(each, scheme(each.name, over), id=scheme(each.name, over))
    for each in ALL
    if each.own is not None
    for over in OWN_TRANSPORTS
]
AT_A_LINK = [
    each
    for each in OF_CHIPS
    if "serial" in each.transports and any(service.transport == "pty" for service in each.services)
]
PARSERS = [pytest.param(parser, id=f"{each.name} {parser.name}") for each in ALL for parser in each.parsers()]


def by_name(protocol: ReaderProtocol) -> str:
    return protocol.name


def test_each_protocol_has_a_name_of_its_own() -> None:
    assert len({each.name for each in ALL}) == len(ALL)


@pytest.mark.parametrize("protocol", ALL, ids=by_name)
def test_an_address_over_each_of_its_transports_is_read(protocol: ReaderProtocol) -> None:
    for transport in protocol.transports:
        text = scheme(protocol.name, transport) + WHERE[transport]
        address = parse_address(text)
        assert (address.protocol, address.transport) == (protocol.name, transport)
        variants = protocol.variants
        if variants is not None and variants.allow(transport):
            assert {variants.hardware, variants.own} <= set(variants.choices())
            for variant in variants.choices():
                assert protocol.variant(parse_address(f"{text}?variant={variant}")) == variant
            with pytest.raises(Misuse, match=variants.hardware):
                parse_address(f"{text}?variant=no-such")


@pytest.mark.parametrize("protocol", ALL, ids=by_name)
def test_it_can_be_opened_or_served_and_says_how(protocol: ReaderProtocol) -> None:
    ours = set(OWN_TRANSPORTS) & set(protocol.transports)
    assert bool(ours) == (protocol.open_both is not None)
    assert bool(set(protocol.transports) - ours) == (protocol.open_host is not None)
    assert protocol.transports or protocol.services
    assert {scheme(protocol.name, each.transport) for each in protocol.services} <= set(services())
    assert protocol.parts
    assert protocol.title


@pytest.mark.parametrize("address", BOTH)
def test_a_card_is_read_through_both_ends(address: str) -> None:
    with closing(open_both(address)) as both:
        assert all(label and value for label, value in both.host.about())
        slot = next(iter(both.host.places().values()))
        assert not slot.present()
        assert isinstance(both.device, ChipControls)
        both.device.put(BlankCard(ATR))
        assert slot.present()
        assert slot.power_on() == ATR
        assert slot.transmit(SELECT) == bytes.fromhex("6A82")
        slot.power_off()
        with pytest.raises(Misuse):
            both.device.put(BlankCard(ATR))


@pytest.mark.parametrize(("protocol", "address"), OWN)
def test_as_a_reader_of_a_terminal_it_reports_a_card(protocol: ReaderProtocol, address: str) -> None:
    assert protocol.own is not None
    assert address in [one.address for one in virtual_readers()]
    with closing(protocol.own(open_both(address))) as reader:
        assert reader.poll() == []
        reader.controls.insert(BlankCard(ATR))
        assert reader.poll() == [IN]
        assert reader.contact.power_on() == ATR
        reader.contact.power_off()
        assert reader.poll() == []
        reader.controls.remove()
        assert reader.poll() == [OUT]
        with pytest.raises(Misuse):
            reader.controls.remove()


@pytest.mark.parametrize(("protocol", "address"), OWN)
def test_a_terminal_sells_with_it(protocol: ReaderProtocol, address: str, tmp_path: Path) -> None:
    script = tmp_path / "sale.keys"
    script.write_text(SALE)
    assert protocol.own is not None
    assert main(["run", "-q", str(script), "--reader", address]) == 0


@pytest.mark.parametrize("protocol", AT_A_LINK, ids=by_name)
def test_a_host_reads_the_card_in_the_served_reader(protocol: ReaderProtocol, tmp_path: Path) -> None:
    with closing(serve(f"{protocol.name}+pty:{tmp_path / 'reader'}")) as served:
        served.insert(BlankCard(ATR))
        assert served.holds()
        with closing(open_host(f"{protocol.name}+serial:{served.path}")) as host:
            assert next(iter(host.places().values())).power_on() == ATR


class Person(io.StringIO):
    """The person at the bench: does what the error output asks for, with the acts of that name."""

    def __init__(self, acts: dict[str, Callable[[str], None]]) -> None:
        super().__init__()
        self._acts = acts

    def write(self, text: str) -> int:
        if asked := re.match(r"terminal-sim: (insert|take) ([\w-]+)", text):
            self._acts[asked[1]](asked[2])
        return super().write(text)


@pytest.mark.parametrize("protocol", AT_A_LINK, ids=by_name)
def test_what_is_recorded_of_it_is_replayed(
    protocol: ReaderProtocol, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, recordings = tmp_path / "sale.keys", tmp_path / "recordings"
    script.write_text(SALE)
    monkeypatch.setattr(HumanOperator, "timeout", 20.0)
    with Bench() as bench, closing(serve(f"{protocol.name}+pty:{tmp_path / 'reader'}")) as served:

        def insert(name: str) -> None:
            chip: Card | None = bench.card(name).chip
            assert chip is not None
            served.insert(chip)

        monkeypatch.setattr("sys.stderr", Person({"insert": insert, "take": lambda _: served.remove()}))
        reader = f"{protocol.name}+serial:{served.path}"
        assert main(["run", "-q", str(script), "--reader", reader, "--record", str(recordings)]) == 0
    monkeypatch.setattr("sys.stderr", Person({}))
    assert main(["run", "-q", str(script), "--reader", f"recording:{recordings}"]) == 0


@pytest.mark.parametrize("protocol", ALL, ids=by_name)
def test_it_has_parsers_to_be_hurt(protocol: ReaderProtocol) -> None:
    assert protocol.parsers()


@pytest.mark.parametrize("parser", PARSERS)
def test_a_parser_reads_its_seeds(parser: Parser) -> None:
    assert parser.seeds
    for seed in parser.seeds:
        parser.parse(bytes.fromhex(seed))


@pytest.mark.parametrize("parser", PARSERS)
@examples(50)
@given(data=st.binary(max_size=64))
def test_a_parser_refuses_any_bytes_in_one_way(parser: Parser, data: bytes) -> None:
    with suppress(FrameError):
        parser.parse(data)
