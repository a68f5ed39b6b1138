"""The entry point: limits and their zero cases, kernel identifiers, and the order of combinations (Contactless Book B, 3.1 and 3.3)."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from terminal_sim.emv.data import tlv
from terminal_sim.emv.data.tlv import TlvError
from terminal_sim.emv.kernels import registry
from terminal_sim.emv.steps import entry_point
from terminal_sim.emv.steps.entry_point import KernelTraits
from terminal_sim.emv.talk.config import Application
from terminal_sim.emv.talk.request import Interface
from tests.emv.table import rows
from tests.emv.terminal import Terminal, configuration

VISA = Application(aid=bytes.fromhex("A0000000031010"), brand="visa")
EXCEEDED, REACHED = KernelTraits(2, b"", own_limits=True), KernelTraits(3, b"")
OFFLINE = bytes.fromhex("28000000")

CASES: list[tuple[str, int, KernelTraits, Application, str | None]] = [
    ("an amount over a floor limit of nothing", 1, REACHED, VISA, "80"),
    ("under the floor limit", 999, REACHED, replace(VISA, contactless_floor_limit=1000), "00"),
    ("at the floor limit", 1000, REACHED, replace(VISA, contactless_floor_limit=1000), "00"),
    ("over the floor limit", 1001, REACHED, replace(VISA, contactless_floor_limit=1000), "80"),
    (
        "the floor limit of contact serves where there is no other",
        1000,
        REACHED,
        replace(VISA, floor_limit=1000),
        "00",
    ),
    ("and is exceeded", 1001, REACHED, replace(VISA, floor_limit=1000), "80"),
    ("under the limit of verification", 999, REACHED, replace(VISA, contactless_cvm_limit=1000), "80"),
    ("at the limit of verification", 1000, REACHED, replace(VISA, contactless_cvm_limit=1000), "c0"),
    ("a kernel of its own limits at that", 1000, EXCEEDED, replace(VISA, contactless_cvm_limit=1000), "80"),
    ("and over that", 1001, EXCEEDED, replace(VISA, contactless_cvm_limit=1000), "c0"),
    ("under the contactless limit", 999, REACHED, replace(VISA, contactless_limit=1000), "80"),
    ("at the contactless limit", 1000, REACHED, replace(VISA, contactless_limit=1000), None),
    ("a kernel of its own limits at it", 1000, EXCEEDED, replace(VISA, contactless_limit=1000), "80"),
    ("and over it", 1001, EXCEEDED, replace(VISA, contactless_limit=1000), None),
    ("a contactless limit of zero allows no amount", 0, REACHED, replace(VISA, contactless_limit=0), None),
    ("a verification limit of zero verifies all", 0, REACHED, replace(VISA, contactless_cvm_limit=0), "c0"),
    ("zero asks the issuer", 0, REACHED, replace(VISA, floor_limit=1000), "80"),
    ("zero that is not allowed", 0, REACHED, replace(VISA, zero_amount_allowed=False), None),
    ("zero where the reader is never online", 0, REACHED, replace(VISA, qualifiers=OFFLINE), None),
    ("one unit without status check", 100, REACHED, replace(VISA, floor_limit=1000), "00"),
    ("one unit with status check", 100, REACHED, replace(VISA, floor_limit=1000, status_check=True), "80"),
    (
        "another amount with status check",
        101,
        REACHED,
        replace(VISA, floor_limit=1000, status_check=True),
        "00",
    ),
    ("an application for contact alone", 1, REACHED, replace(VISA, contactless=False), None),
    (
        "bits that stand in the configuration",
        1,
        REACHED,
        replace(VISA, qualifiers=bytes.fromhex("36E00000"), floor_limit=9),
        "20",
    ),
]


@pytest.mark.parametrize(("amount", "kernel", "application", "second"), rows(CASES))
def test_the_amount_decides_whether_a_combination_is_allowed_and_what_it_wants(
    amount: int, kernel: KernelTraits, application: Application, second: str | None
) -> None:
    terminal = Terminal(configuration())
    request = terminal.request(Interface.CONTACTLESS, amount)
    made = entry_point.preprocess(terminal.config, request, application, kernel)
    assert (made and made.qualifiers[1:2].hex()) == second


QUALIFIERS = [
    ("all that the terminal has", "22", "E060C8", True, "36004000"),
    ("no key for a PIN", "22", "E060C8", False, "32004000"),
    ("no contacts", "22", "C060C8", True, "26004000"),
    ("no signature", "22", "E040C8", True, "34004000"),
    ("never online", "23", "E060C8", True, "3E004000"),
]


@pytest.mark.parametrize(("kind", "capabilities", "key", "ttq"), rows(QUALIFIERS))
def test_the_ttq_follows_from_the_terminal(kind: str, capabilities: str, key: bool, ttq: str) -> None:
    config = replace(
        configuration(), terminal_type=kind, capabilities=bytes.fromhex(capabilities), has_pin_key=key
    )
    assert entry_point.terminal_qualifiers(config).hex().upper() == ttq


IDENTIFIERS = [
    ("none is the scheme's own", "", 3),
    ("international", "02", 2),
    ("international, with more", "03FFFF", 3),
    ("any", "00", 0),
    ("international of another kind", "43", 0x43),
    ("domestic", "810124", 0x810124),
    ("proprietary, with more", "C1012455", 0xC10124),
    ("domestic, cut short", "8101", None),
    ("proprietary, cut short", "C1", None),
]


@pytest.mark.parametrize(("identifier", "kernel"), rows(IDENTIFIERS))
def test_a_card_asks_for_a_kernel(identifier: str, kernel: int | None) -> None:
    assert entry_point.requested_kernel(bytes.fromhex(identifier), 3) == kernel


SCHEMES = [
    ("A0000000041010", 0, 2),
    ("A0000000043060", 0, 2),
    ("A0000000031010", 0, 3),
    ("A00000002501", 0, 4),
    ("A0000000651010", 0, 5),
    ("A0000001523010", 0, 6),
    ("A000000333010101", 0, 7),
    ("A0000002771010", 0, 0),
    ("A0000000421010", 0, 0),
    ("A0000000421010", 3, 3),
    ("A0000000031010", 2, 2),
]


@pytest.mark.parametrize(("aid", "configured", "kernel"), SCHEMES)
def test_an_application_has_the_kernel_of_its_scheme_or_of_its_configuration(
    aid: str, configured: int, kernel: int
) -> None:
    application = Application(aid=bytes.fromhex(aid), brand="", kernel=configured)
    found = registry.kernel_of(application)
    assert found is not None
    assert found.traits.identifier == kernel


def test_a_kernel_that_is_not_there_is_none() -> None:
    assert registry.kernel_of(replace(VISA, kernel=99)) is None


def entry(name: str, priority: int = 0, kernel: str = "") -> bytes:
    objects = [(0x4F, bytes.fromhex(name))]
    objects += [(0x87, bytes((priority,)))] if priority else []
    objects += [(0x9F2A, bytes.fromhex(kernel))] if kernel else []
    return tlv.encode(0x61, tlv.join(objects))


def directory(*entries: bytes) -> bytes:
    inner = tlv.encode(0xA5, tlv.encode(0xBF0C, b"".join(entries)))
    return tlv.encode(0x6F, tlv.encode(0x84, b"2PAY.SYS.DDF01") + inner)


VISA_AID, LONG_VISA, MASTERCARD, INTERAC = (
    "A0000000031010",
    "A000000003101001",
    "A0000000041010",
    "A0000002771010",
)
LISTS = [
    ("none of ours", [entry("A0000000999999")], []),
    ("by priority", [entry(VISA_AID, 2), entry(MASTERCARD, 1)], [MASTERCARD, VISA_AID]),
    ("none is last", [entry(VISA_AID), entry(MASTERCARD, 15)], [MASTERCARD, VISA_AID]),
    ("zero is last", [entry(VISA_AID, 0x80), entry(MASTERCARD, 15)], [MASTERCARD, VISA_AID]),
    (
        "equal ones as the directory has them",
        [entry(VISA_AID, 1), entry(MASTERCARD, 1)],
        [VISA_AID, MASTERCARD],
    ),
    ("a longer name", [entry(LONG_VISA, 1)], [LONG_VISA]),
    ("a name shorter than ours", [entry("A000000003", 1)], []),
    ("another kernel than the terminal's", [entry(VISA_AID, 1, "02")], []),
    ("the terminal's kernel", [entry(VISA_AID, 1, "03")], [VISA_AID]),
    ("any kernel", [entry(VISA_AID, 1, "00")], [VISA_AID]),
    ("an identifier cut short", [entry(VISA_AID, 1, "81")], []),
    ("no kernel by default", [entry(INTERAC, 1)], [INTERAC]),
    ("a name of 4 bytes", [tlv.encode(0x61, tlv.encode(0x4F, bytes(4))), entry(VISA_AID)], [VISA_AID]),
    ("an entry that cannot be read", [tlv.encode(0x61, b"\x4f\xff"), entry(VISA_AID)], [VISA_AID]),
    ("an entry of another template", [tlv.encode(0x62, b""), entry(VISA_AID)], [VISA_AID]),
]


@pytest.mark.parametrize(("listed", "names"), rows(LISTS))
def test_the_candidates_are_those_of_the_directory_that_the_terminal_shares(
    listed: list[bytes], names: list[str]
) -> None:
    terminal = Terminal(configuration())
    request = terminal.request(Interface.CONTACTLESS)
    allowed = []
    for application in terminal.config.applications:
        kernel = registry.kernel_of(application)
        assert kernel is not None
        combination = entry_point.preprocess(terminal.config, request, application, kernel.traits)
        assert combination is not None
        allowed.append(combination)
    found = entry_point.match(allowed, entry_point.entries(directory(*listed), registry.TRAITS))
    assert [one.name.hex().upper() for one, _ in found] == names


def test_an_entry_belongs_to_the_longest_aid_first() -> None:
    config = configuration()
    request = Terminal(config).request(Interface.CONTACTLESS)
    long = replace(VISA, aid=bytes.fromhex(LONG_VISA), brand="long")
    made = [entry_point.preprocess(config, request, one, REACHED) for one in (VISA, long)]
    found = entry_point.match(
        [one for one in made if one], entry_point.entries(directory(entry(LONG_VISA)), registry.TRAITS)
    )
    assert [combination.application.brand for _, combination in found] == ["long", "visa"]


@given(st.binary(max_size=80))
def test_any_directory_is_read_or_refused(data: bytes) -> None:
    with suppress(TlvError):
        entry_point.entries(data, registry.TRAITS)


@given(st.integers(0, 10**12 - 1))
def test_a_second_start_has_the_combinations_of_the_first(amount: int) -> None:
    config = configuration()
    request = Terminal(config).request(Interface.CONTACTLESS, amount)
    again = structs.replace(request)
    assert entry_point.preprocess(config, request, VISA, REACHED) == entry_point.preprocess(
        config, again, VISA, REACHED
    )
