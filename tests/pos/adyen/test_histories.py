"""Random histories of two points of sale at one terminal: whatever happens, each is told what journal and host have."""

from __future__ import annotations

from random import Random

import pytest

from tests.pos.adyen.kit import SECOND, Asked, Spoken, spoken

SALE_IDS = ("Till1", "Till2")
CARDS = ("visa-credit", "mastercard-credit")


class History:
    """What happens, drawn from a seed, and what each point of sale was told."""

    def __init__(self, shop: Spoken, seed: int) -> None:
        self.shop = shop
        self.draw = Random(seed)
        self.asked: dict[tuple[str, str], list[Asked]] = {}
        self.amounts: dict[tuple[str, str], int] = {}
        self.number = 0
        self.others: list[Asked] = []  # what moves no money
        self.acquired: list[Asked] = []

    def act(self) -> None:
        acts = (
            (self.pay, 4),
            (self.pay_again, 2),
            (self.abort, 1),
            (self.ask, 2),
            (self.present, 4),
            (self.cancel, 1),
            (self.reverse, 2),
            (self.wait, 3),
            (self.lose_power, 1),
            (self.network, 1),
            (self.host, 2),
            (self.acquire, 2),
            (self.pay_with_acquired, 3),
            (self.question, 2),
            (self.let_go, 1),
        )
        self.draw.choices([act for act, _ in acts], [weight for _, weight in acts])[0]()

    def pay(self) -> None:
        self.number += 1
        key = self.draw.choice(SALE_IDS), f"P{self.number}"
        self.amounts[key] = 100 + self.number
        self._pay(key)

    def pay_again(self) -> None:
        """The same request once more, as a client does that had no answer."""
        if self.amounts:
            self._pay(self.draw.choice(list(self.amounts)))

    def _pay(self, key: tuple[str, str]) -> None:
        sale_id, service_id = key
        asked = self.shop.pay(f"{self.amounts[key] / 100:.2f}", service_id, sale_id)
        self.asked.setdefault(key, []).append(asked)

    def acquire(self) -> None:
        """Read a card first, by a total that the next payment may have."""
        self.number += 1
        body = {
            "SaleData": {"SaleTransactionID": {"TransactionID": "T-1", "TimeStamp": "2026-01-15T09:00:00Z"}},
            "CardAcquisitionTransaction": {"TotalAmount": self.draw.choice((1.5, 0.01))},
        }
        sale_id = self.draw.choice(SALE_IDS)
        self.acquired.append(self.shop.ask("CardAcquisition", body, sale_id, f"C{self.number}"))
        self.present()

    def pay_with_acquired(self) -> None:
        """With a card that is held, or was, or never."""
        named = [
            asked.body["POIData"]["POITransactionID"]
            for asked in self.acquired
            if asked.replies and asked.replies[0] is not None and asked.result[0] == "Success"
        ]
        if not named:
            return
        self.number += 1
        key = self.draw.choice(SALE_IDS), f"P{self.number}"
        self.amounts[key] = 150
        body = {
            "SaleData": {"SaleTransactionID": {"TransactionID": "T-1", "TimeStamp": "2026-01-15T09:00:00Z"}},
            "PaymentTransaction": {"AmountsReq": {"Currency": "CAD", "RequestedAmount": 1.5}},
            "PaymentData": {"CardAcquisitionReference": self.draw.choice(named[-2:])},
        }
        self.asked.setdefault(key, []).append(self.shop.ask("Payment", body, *key))
        self.wait()

    def question(self) -> None:
        data = {
            "Device": "CustomerInput",
            "InfoQualify": "Input",
            "InputCommand": self.draw.choice(("GetConfirmation", "DigitString")),
        }
        self.number += 1
        self.others.append(
            self.shop.ask("Input", {"InputData": data}, self.draw.choice(SALE_IDS), f"I{self.number}")
        )
        if self.shop.terminal.is_on and self.draw.random() < 0.5:
            self.shop.terminal.press("OK")

    def let_go(self) -> None:
        self.number += 1
        body = {"TransactionAction": "AbortTransaction"}
        self.others.append(self.shop.ask("EnableService", body, "Till1", f"E{self.number}"))

    def abort(self) -> None:
        if self.amounts:
            sale_id, service_id = self.draw.choice(list(self.amounts))
            self.shop.abort(service_id, sale_id)

    def ask(self) -> None:
        if self.amounts:
            sale_id, service_id = self.draw.choice(list(self.amounts))
            assert len(self.shop.status(service_id, sale_id).replies) == 1

    def present(self) -> None:
        terminal = self.shop.terminal
        if not terminal.is_on:
            return
        if terminal.card_in_slot:
            terminal.remove_card()
        else:
            terminal.insert(self.draw.choice(CARDS))
        self.wait()

    def cancel(self) -> None:
        if self.shop.terminal.is_on:
            self.shop.terminal.press("CANCEL")

    def reverse(self) -> None:
        """Give back a payment that was made, or one that was not."""
        made = [
            asked.body["POIData"]["POITransactionID"]
            for tries in self.asked.values()
            for asked in tries
            if asked.replies and asked.replies[0] is not None and asked.result[0] == "Success"
        ]
        if made:
            self.number += 1
            self.shop.reverse(self.draw.choice(made), f"R{self.number}")

    def wait(self) -> None:
        self.shop.bench.advance(self.draw.choice((1, 5, 40, 130, 700)) * SECOND)

    def lose_power(self) -> None:
        if self.shop.terminal.is_on:
            if self.draw.random() < 0.5:
                self.shop.terminal.power_cut()
            else:
                self.shop.terminal.fault("power-cut-after", str(self.draw.randint(1, 25)))
        else:
            self.shop.terminal.power_on()

    def network(self) -> None:
        self.shop.terminal.network(not self.shop.terminal.network_is_up)

    def host(self) -> None:
        self.shop.bench.host_answers(
            [self.draw.choice(("timeout", "late:20s", "declined:51", "approved", "partial:50"))]
        )

    def heal(self) -> None:
        """Everything works again, and has more than a day."""
        shop = self.shop
        for _ in range(3):
            if not shop.terminal.is_on:
                shop.terminal.power_on()
            if shop.terminal.card_in_slot:
                shop.terminal.remove_card()
            shop.terminal.network(True)
            shop.bench.advance(26 * 3600 * SECOND)


def check(history: History) -> None:
    """What each request came to, against journal and host."""
    shop = history.shop
    states = {
        str(row.fields["request"]).partition(":")[2]: row.fields["state"]
        for row in shop.terminal.journal()
        if row.kind == "sale" and "request" in row.fields
    }
    for asked in (*history.others, *history.acquired):
        assert len(asked.replies) == 1, "each request is answered, or its connection ends"
    for (sale_id, service_id), tries in history.asked.items():
        assert all(len(asked.replies) == 1 for asked in tries), (
            "each request is answered, or its connection ends"
        )
        status = shop.status(service_id, sale_id)
        told = [asked.result for asked in tries if asked.replies[0] is not None]
        if status.result[1] == "NotFound":
            assert all(
                condition in ("Busy", "UnreachableHost", "NotAllowed", "NotFound") for _, condition in told
            )
            continue
        assert status.result == ("Success", "")
        repeated = status.body["RepeatedMessageResponse"]["RepeatedResponseMessageBody"]["PaymentResponse"]
        final = repeated["Response"]["Result"]
        begun = [result for result, condition in told if condition not in ("Busy", "NotAllowed", "NotFound")]
        assert all(result == final for result in begun), (told, final)
        paid = states.get(f"{sale_id}/{service_id}") in ("COMPLETED", "VOIDED")
        assert paid == (final in ("Success", "Partial")), (final, states)
    assert shop.bench.violations(resolved=True) == []


@pytest.mark.parametrize(
    "seed", [*range(15), *(pytest.param(s, marks=pytest.mark.soak) for s in range(15, 1000))]
)
def test_two_points_of_sale_are_told_what_journal_and_host_have(seed: int) -> None:
    with spoken(seed=seed) as shop:
        history = History(shop, seed)
        for _ in range(60):
            history.act()
        history.heal()
        check(history)
