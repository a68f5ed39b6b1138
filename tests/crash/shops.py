"""The shops whose power is cut: each way in which a terminal, its till or its acquirer writes something that must not be lost."""

from __future__ import annotations

from pathlib import Path

from terminal_sim.bench import Bench, Duration, TerminalUnderTest
from terminal_sim.datafiles.bundled import bundled
from tests.crash.shop import Shop

SECOND = Duration.parse("1s")
MINUTE = Duration.parse("1min")
Terminals = list[TerminalUnderTest]
KEYPAD = ("v400m", {"refunds.unreferenced": True})
CHECKOUT = ("square-terminal", {"offline.allowed": True})


def press(terminal: TerminalUnderTest, *words: str) -> None:
    for word in words:
        for key in word if word.isdigit() else [word]:
            terminal.press(key)


def touch(terminal: TerminalUnderTest, *elements: str) -> None:
    for element in elements:
        terminal.touch(element)


def pay(
    bench: Bench, terminal: TerminalUnderTest, amount: int, card: str = "visa-credit", *then: str
) -> None:
    """A payment by chip, to the home screen again; `then` is pressed after the card."""
    if terminal.profile.checkout is None:
        press(terminal, "OK")
    press(terminal, str(amount), "OK")
    terminal.insert(card)
    press(terminal, *then)
    home(bench, terminal)


def home(bench: Bench, terminal: TerminalUnderTest) -> None:
    bench.advance(2 * SECOND)
    if terminal.card_in_slot:
        terminal.remove_card()
    bench.advance(MINUTE)


def sales(bench: Bench, terminals: Terminals) -> None:
    """A payment, one that is declined, one that is swiped."""
    (terminal,) = terminals
    pay(bench, terminal, 1000)
    pay(bench, terminal, 1250, "visa-declined")
    press(terminal, "OK", "700", "OK")
    terminal.swipe("visa-stripe")
    home(bench, terminal)


def take_back(bench: Bench, terminals: Terminals) -> None:
    """A payment and its void, and one that the acquirer never answers, whose reversal it does not answer either at first."""
    (terminal,) = terminals
    pay(bench, terminal, 1000)
    press(terminal, "9", "OK", "0856", "OK")
    touch(terminal, "transactions", "history", "history-transactions", "txn-1", "void")
    bench.advance(MINUTE)
    bench.host_answers(["timeout", "timeout"])
    pay(bench, terminal, 500)
    bench.advance(10 * MINUTE)


def by_mail(bench: Bench, terminals: Terminals) -> None:
    """A typed payment behind a passcode that was wrong at first, and one that is cancelled at the address."""
    (terminal,) = terminals
    press(terminal, "8", "OK", "1111", "OK", "0856", "OK")
    touch(terminal, "moto")
    press(terminal, "1000", "OK", "4111111111111111", "OK", "0330", "OK", "737", "OK")
    bench.advance(5 * MINUTE)
    press(terminal, "8", "OK", "0856", "OK")
    touch(terminal, "refund")
    press(terminal, "0856", "OK", "400", "OK")
    terminal.insert("visa-credit")
    home(bench, terminal)


def offline(bench: Bench, terminals: Terminals) -> None:
    """Payments without a link: two are forwarded when it is back, two expire."""
    (terminal,) = terminals
    for away in (10 * MINUTE, Duration.parse("26h")):
        terminal.network(False)
        pay(bench, terminal, 700)
        pay(bench, terminal, 800, "mastercard-pin", "1234", "OK")
        bench.advance(away)
        terminal.network(True)
        bench.advance(MINUTE)


def tamper(bench: Bench, terminals: Terminals) -> None:
    """The housing is opened while a payment waits: the key goes, and the payment with it."""
    (terminal,) = terminals
    terminal.network(False)
    pay(bench, terminal, 700)
    terminal.fault("tamper")
    bench.advance(MINUTE)


def till(bench: Bench, terminals: Terminals) -> None:
    """The till asks for a payment, of which a part is approved, for the rest, and for a refund."""
    (terminal,) = terminals
    bench.host_answers(["partial:500"])
    bench.point_of_sale.sale(terminal, "T-1", 1250)
    terminal.insert("visa-credit")
    home(bench, terminal)
    bench.point_of_sale.sale(terminal, "T-1", 750)
    terminal.insert("visa-credit")
    home(bench, terminal)
    bench.point_of_sale.refund("T-1")
    bench.advance(MINUTE)


def pins(bench: Bench, terminals: Terminals) -> None:
    """Two PINs that go to the issuer, each under a key of its own."""
    (terminal,) = terminals
    for amount in (1000, 1100):
        pay(bench, terminal, amount, "visa-online-pin", "4321", "OK")


def wrong_pins(bench: Bench, terminals: Terminals) -> None:
    """The card counts a wrong PIN, and its issuer changes the PIN by a script."""
    (terminal,) = terminals
    pay(bench, terminal, 1000, "mastercard-pin", "9876", "OK", "1234", "OK")
    bench.host_sends(["change-pin", "2468"])
    pay(bench, terminal, 1100, "mastercard-pin", "1234", "OK")


def together(bench: Bench, terminals: Terminals) -> None:
    """Two terminals whose messages are under way at once."""
    keypad, checkout = terminals
    press(keypad, "OK", "1000", "OK")
    press(checkout, "1250", "OK")
    keypad.swipe("visa-stripe")
    checkout.insert("visa-credit")
    home(bench, checkout)
    checkout.network(False)
    pay(bench, checkout, 700)
    checkout.network(True)
    bench.advance(MINUTE)


def derived_keys(place: Path) -> Path:
    """A host file whose PIN pads derive a key for each PIN."""
    file = place / "host.toml"
    shipped = (bundled() / "hosts" / "test-acquirer.toml").read_text("utf-8")
    keys = '[test_keys]\nbase_derivation_key = "0123456789ABCDEFFEDCBA9876543210"\n'
    managed = '\n[pin]\nkeys = "dukpt-aes"\nblock_format = 4\n'
    file.write_text(shipped.replace("[test_keys]\n", keys) + managed, "utf-8")
    return file


SHOPS = (
    Shop("sales", (KEYPAD,), (sales,)),
    Shop("two days", (KEYPAD,), (sales, sales)),
    Shop("voids and reversals", (KEYPAD,), (take_back,)),
    Shop("by mail, and a refund", (KEYPAD,), (by_mail,)),
    Shop("offline", (CHECKOUT,), (offline,)),
    Shop("tamper", (CHECKOUT,), (tamper,)),
    Shop("till", (KEYPAD,), (till,)),
    Shop("PINs under derived keys", (KEYPAD,), (pins,), derived_keys),
    Shop("PINs that the card counts", (KEYPAD,), (wrong_pins,)),
    Shop("two terminals", (KEYPAD, CHECKOUT), (together, together)),
)
