"""A terminal of other people's parts (pyemv, ber-tlv, pyscard) takes our cards for real ones, in process and through pcscd."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from terminal_drivers.readers.ccid.serving import ServedReader
from terminal_sim.cards.catalogue import VirtualCard
from tests.interop.daemon import Pcscd, Pyscard
from tests.interop.independent import issuer, proofs
from tests.interop.independent.objects import CardFault, ask, case_4, exchange
from tests.interop.independent.terminal import AAC, ARQC, PPSE, TC, IndependentTerminal, complete
from tests.interop.test_protocols import ATR_T1, Atred

pytestmark = pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")

CardNamed = Callable[[str], VirtualCard]
FILES = {file.stem: file for file in Path("profiles/cards").resolve().glob("*.toml")}


def read(card: str) -> dict[str, Any]:
    """A card's file over the one that it extends, table by table."""
    made = tomllib.loads(FILES[card].read_text("utf-8"))
    return over(read(made.pop("extends")), made) if "extends" in made else made


def over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """`own` over `base`, tables by their entries."""
    tables = {name: over(base.get(name, {}), value) for name, value in own.items() if isinstance(value, dict)}
    return {**base, **own, **tables}


def faces(name: str) -> list[tuple[str, dict[str, Any]]]:
    """Every card of the deck that has such a face."""
    return [(card, made[name]) for card in sorted(FILES) if name in (made := read(card))]


def of_application(face: dict[str, Any], aid: bytes) -> dict[str, Any]:
    """What holds for one application: its own entries over the face's."""
    return {**face, **next(one for one in face["applications"] if bytes.fromhex(one["aid"]) == aid)}


def test_the_independent_terminal_shares_nothing_with_ours() -> None:
    imported = {
        name
        for file in Path(proofs.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        for name in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else []
        )
    }
    assert imported >= {"pyemv", "ber_tlv.tlv"}
    assert not any(name.startswith("terminal_") for name in imported)


CHIPS = [(card, chip) for card, chip in faces("chip") if not chip.get("mute") and not chip.get("blocked")]
FAULTS = {
    "certificate": "a signature does not recover",
    "signature": "a signature does not recover",
    "revoked": "the issuer's certificate is revoked",
}
PROVEN = {"none": [], "sda": ["sda"], "dda": ["dda"], "cda": ["dda", "cda"]}


def inserted(card: VirtualCard) -> IndependentTerminal:
    assert card.chip is not None
    card.chip.reset()
    return IndependentTerminal(card.chip.transmit)


def applications(terminal: IndependentTerminal) -> list[bytes]:
    """The card's applications by its directory, else by the names that the terminal knows."""
    try:
        return terminal.directory()
    except CardFault as fault:
        if fault.sw != 0x6A82:
            raise
    known = {rid for rid, _ in terminal.authorities}
    return [aid for rid in sorted(known) for aid in terminal.next_ones(rid)]


@pytest.mark.parametrize("kind", [ARQC, TC], ids=["ARQC", "TC"])
@pytest.mark.parametrize(("name", "chip"), CHIPS, ids=[name for name, _ in CHIPS])
def test_each_application_of_a_chip_pays_whole_and_proves_what_it_offers(
    card: CardNamed, name: str, chip: dict[str, Any], kind: int
) -> None:
    terminal = inserted(card(name))
    found = applications(terminal)
    assert sorted(found) == sorted(bytes.fromhex(one["aid"]) for one in chip["applications"])
    for aid in found:
        terminal.select(aid)
        terminal.start()
        own = of_application(chip, aid)
        if fault := FAULTS.get(own.get("oda_fault", "none")):
            with pytest.raises(CardFault, match=fault):
                complete(terminal, kind=kind)
        else:
            assert complete(terminal, kind=kind) == PROVEN[own.get("oda", "none")] + decided(own, kind)


def decided(own: dict[str, Any], kind: int) -> list[str]:
    """The cryptograms of an application that is asked for this kind first."""
    if own.get("declines"):
        return ["AAC"]
    return ["TC"] if kind == TC and "offline" in own else ["ARQC", "TC"]


TAPS = [
    (name, face)
    for name, face in faces("contactless")
    if not face.get("consent") and face.get("cryptogram") != "checksum"  # mag-stripe mode certifies nothing
]


@pytest.mark.parametrize(("name", "face"), TAPS, ids=[name for name, _ in TAPS])
def test_each_application_of_a_tapped_card_certifies_and_proves_itself(
    card: CardNamed, name: str, face: dict[str, Any]
) -> None:
    antenna = card(name).contactless
    assert antenna is not None
    terminal = IndependentTerminal(antenna.transmit)
    found = terminal.directory(PPSE)
    assert sorted(found) == sorted(bytes.fromhex(one["aid"]) for one in face["applications"])
    for aid in found:
        terminal.select(aid)
        terminal.start()
        icc = terminal.prove()
        own = of_application(face, aid)
        assert (icc is not None) == ("oda" in own)
        if own.get("cryptogram") == "generate-ac":
            assert terminal.generate(TC, icc) == (TC if "offline" in own else ARQC)
        else:
            terminal.check_cryptogram()
            if icc is not None:
                terminal.fast_dda(icc)


def test_an_issuer_that_is_none_is_refused_and_gets_a_decline(card: CardNamed) -> None:
    terminal = inserted(card("visa-offline"))
    terminal.select(bytes.fromhex("A0000000031010"))
    terminal.start()
    icc = terminal.prove()
    assert terminal.generate(ARQC, icc) == ARQC
    forged = bytes(8) + b"00"
    assert exchange(terminal.transmit, b"\x00\x82\x00\x00\x0a" + forged)[1] == 0x6300
    assert terminal.generate(TC, icc, last=True) == AAC


def test_a_pin_that_an_independent_terminal_enciphers_is_the_right_one(card: CardNamed) -> None:
    terminal = inserted(card("mastercard-enciphered-pin"))
    terminal.select(bytes.fromhex("A0000000041010"))
    terminal.start()
    pin = tomllib.loads(FILES["mastercard-enciphered-pin"].read_text("utf-8"))["pin"]
    words = []
    for typed in (pin, "000000"):
        data = terminal.encipher(typed)
        verify = b"\x00\x20\x00\x88" + bytes((len(data),)) + data
        words += [exchange(terminal.transmit, verify)[1] for _ in range(2)]
    assert words == [0x9000, 0x6985, 0x63C2, 0x6985], "a challenge is good once"


@pytest.mark.parametrize(
    ("name", "aid"), [("visa-credit", "A0000000031010"), ("mastercard-pin", "A0000000041010")]
)
def test_a_script_with_an_independent_mac_blocks_the_application(
    card: CardNamed, name: str, aid: str
) -> None:
    terminal = inserted(card(name))
    terminal.select(bytes.fromhex(aid))
    terminal.start()
    assert terminal.generate(ARQC) == ARQC
    command = issuer.approved_script(terminal.card, "841E0000")
    assert exchange(terminal.transmit, command[:-1] + bytes((command[-1] ^ 1,)))[1] == 0x6988
    terminal = inserted(card(name))
    terminal.select(bytes.fromhex(aid))
    terminal.start()
    terminal.generate(ARQC)
    assert exchange(terminal.transmit, issuer.approved_script(terminal.card, "841E0000"))[1] == 0x9000
    data, word = exchange(terminal.transmit, case_4("00A40400", bytes.fromhex(aid)))
    assert (word, data[:1]) == (0x6283, b"\x6f")


OVER_PCSCD = [
    ("visa-offline", "T=0"),
    ("mastercard-offline", "T=1"),
    ("visa-sda", "T=0"),
    ("visa-dda", "T=1"),
]


def test_the_independent_terminal_pays_through_pcscd_and_libccid(
    served: Callable[[], ServedReader], start: Callable[..., Pcscd], card: CardNamed
) -> None:
    reader = served()
    daemon = start(reader.pcscd_entry)
    with Pyscard(daemon) as client:
        for name, protocol in OVER_PCSCD:
            chip = card(name).chip
            assert chip is not None
            reader.insert(chip if protocol == "T=0" else Atred(chip, ATR_T1))
            client.ask("wait", True)
            assert client.ask("connect") == protocol
            terminal = IndependentTerminal(client.transmit)
            terminal.select(terminal.directory()[0])
            terminal.start()
            assert complete(terminal)[-2:] == ["ARQC", "TC"]
            reader.remove()
            client.ask("wait", False)


def test_a_key_of_another_authority_proves_nothing(card: CardNamed) -> None:
    terminal = inserted(card("visa-offline"))
    terminal.select(bytes.fromhex("A0000000031010"))
    terminal.start()
    own = terminal.authorities[terminal.aid[:5], terminal.card[0x8F][0]]
    other = proofs.Key(own.key.modulus - 2, own.key.exponent, own.key.size)
    terminal.authorities[terminal.aid[:5], terminal.card[0x8F][0]] = proofs.Authority(other, own.revoked)
    with pytest.raises(CardFault, match="does not recover"):
        terminal.prove()


def test_get_data_has_the_counters_and_the_tries(card: CardNamed) -> None:
    terminal = inserted(card("mastercard-pin"))
    terminal.select(bytes.fromhex("A0000000041010"))
    terminal.start()
    said = [ask(terminal.transmit, f"80CA{tag}00").hex().upper() for tag in ("9F36", "9F13", "9F17")]
    assert said == ["9F36020001", "9F13020000", "9F170103"]
