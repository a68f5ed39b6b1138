"""Two cards in one field: the terminal asks for one alone, and the payment goes on with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from terminal_drivers.base import CardCollision
from terminal_drivers.readers.built_in.reader import virtual_reader
from terminal_drivers.readers.field import CardsTogether
from terminal_sim.bench import Bench, BenchMisuse
from terminal_sim.cli.main import main
from tests.contracts.drive import TEXTS


class Plain:
    """A card that answers everything."""

    atr = bytes.fromhex("3B800181")

    def reset(self) -> bytes:
        return self.atr

    def transmit(self, _: bytes) -> bytes:
        return b"\x90\x00"


def test_a_field_with_two_cards_says_so_until_one_of_them_is_left() -> None:
    first, second = Plain(), Plain()
    both = CardsTogether(first, second)
    with virtual_reader() as reader:
        reader.device.tap(both)
        for _ in range(2):
            with pytest.raises(CardCollision):
                reader.contactless.power_on()
        both.take_away(second)
        assert reader.contactless.power_on()
        assert reader.contactless.transmit(bytes.fromhex("00A4040000")) == b"\x90\x00"


@pytest.mark.parametrize(("locale", "words"), [("en-CA", "one card only"), ("fr-CA", "une seule carte")])
def test_the_terminal_asks_for_one_card_and_goes_on_with_it(locale: str, words: str) -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m", locale=locale)
        for key in ("OK", "1", "0", "0", "0", "OK"):
            till.press(key)
        till.tap("visa-credit", beside="interac-debit")
        assert words in till.view().text
        assert till.reasons == "contactless.collision"
        assert bench.host_messages() == []
        till.tap("visa-credit")
        bench.advance(2_000_000)
        assert till.view().screen.id == "approved"


def test_a_card_cannot_be_beside_itself() -> None:
    with Bench(texts=TEXTS) as bench:
        till = bench.add_terminal("v400m")
        with pytest.raises(BenchMisuse, match="there is one card 'visa-credit'"):
            till.tap("visa-credit", beside="visa-credit")


def test_a_script_holds_two_cards_into_the_field(tmp_path: Path) -> None:
    script = tmp_path / "two.keys"
    script.write_text(
        'keys 1\nterminal v400m\n\nscenario "Two cards"\n  press OK 1000 OK\n'
        '  tap-card visa-credit beside interac-debit\n  expect screen "Present one card only"\n'
        "  expect why contactless.collision\n  tap-card interac-debit\n",
        encoding="utf-8",
    )
    assert main(["run", "-q", str(script)]) == 0
