"""Random weeks of a shop: the terminal and a model of the guide's rules agree on the fate of every payment."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest

from terminal_sim.core.moment import Duration
from terminal_sim.core.payment import PaymentState
from tests.offline.model import Model
from tests.offline.shop import DEVICES, HOUR, SECOND, Shop, shop

HISTORIES = 2_000
ACTS = 14
# Around each window as well as anywhere: a second before, on it, a second after.
WAITS = (1, 59, 3_599, 3_600, 3_601, 7_200, 40_000, 43_200, 86_399, 86_400, 86_401, 90_000)
CLOCKS = ("2026-01-15T08:00:00", "2030-01-01T00:00:00", "2001-01-01T00:00:00")
AMOUNTS = (100, 2_500, 10_000, 10_001, 40_000)
FATES = {
    PaymentState.PENDING: "pending",
    PaymentState.COMPLETED: "completed",
    PaymentState.EXPIRED: "expired",
    PaymentState.LOST: "lost",
}


class Week:
    """One history: everything that is done is done to both."""

    def __init__(self, seed: int, device: str, at: Shop) -> None:
        self.random = Random(seed)
        self.at = at
        app = at.profile.app
        self.model = Model(from_loss=app, service_session=3_600 if app else 86_400)
        acts: list[tuple[int, Callable[[], None]]] = [
            (6, self.pay), (5, self.wait), (3, self.network), (2, self.service), (1, self.cut), (1, self.clock),
            (1, self.leave), (1, self.allow), (1, self.off_for_a_while), (app, self.app),
        ]  # fmt: skip
        self.acts = [act for weight, act in acts for _ in range(weight)]
        self.said: list[str] = [f"seed {seed} on {device}"]

    def go(self) -> None:
        for _ in range(ACTS):
            self.random.choice(self.acts)()
            # Answers take a moment, and a moment decides nothing.
            self.settle()
        self.compare()

    def settle(self) -> None:
        self.at.pass_time(3 * SECOND)
        self.model.wait(3)
        if self.model.app:
            self.at.seat.touch("home")

    def compare(self) -> None:
        fates = [FATES.get(state, state.value) for state in self.at.fates()]
        assert fates == [payment.fate for payment in self.model.payments], self.said
        amounts = [payment.amount.minor for payment in self.at.books.payments.values()]
        assert amounts == [payment.amount for payment in self.model.payments], self.said

    def pay(self) -> None:
        amount = self.random.choice(AMOUNTS)
        if not self.model.app:
            return
        self.said.append(f"pay {amount}")
        expected = self.model.pay(amount)
        told = self.at.charge(amount)
        assert told == expected, [*self.said, told]
        if expected == "approved":
            self.model.wait(1)

    def wait(self) -> None:
        seconds = self.random.choice(WAITS)
        self.said.append(f"wait {seconds}")
        self.at.pass_time(Duration(seconds * SECOND))
        self.model.wait(seconds)

    def network(self) -> None:
        self.model.network = not self.model.network
        self.said.append(f"network {self.model.network}")
        self.at.seat.network(self.model.network)
        self.model.look()

    def service(self) -> None:
        self.model.service = not self.model.service
        self.said.append(f"service {self.model.service}")
        self.at.seat.service(self.model.service)
        self.model.look()

    def cut(self) -> None:
        self.said.append("cut")
        self.at.seat.power_cut()
        self.boot()

    def off_for_a_while(self) -> None:
        seconds = self.random.choice(WAITS)
        self.said.append(f"off for {seconds}")
        self.at.seat.power_off()
        self.model.on = False
        self.at.pass_time(Duration(seconds * SECOND))
        self.model.wait(seconds)
        self.boot()

    def boot(self) -> None:
        self.model.on = self.model.app = True
        self.at.seat.power_on()
        self.model.look()

    def clock(self) -> None:
        moment = self.random.choice(CLOCKS)
        self.said.append(f"clock {moment}")
        self.at.bench.set_clock(moment)

    def leave(self) -> None:
        if not self.model.app:
            return
        act = self.random.choice(("sign-out", "switch-pos"))
        self.said.append(act)
        self.at.leave(act)
        self.model.lose()

    def allow(self) -> None:
        if not self.model.app:
            return
        self.model.allowed = not self.model.allowed
        self.said.append(f"allowed {self.model.allowed}")
        for target in ("more", "settings", "checkout", "offline-payments"):
            self.at.seat.touch(target)
        self.at.seat.touch("allow" if self.model.allowed else "allow-not")

    def app(self) -> None:
        self.model.app = not self.model.app
        self.said.append(f"app {self.model.app}")
        self.at.seat.fault("app", "open" if self.model.app else "closed")
        self.model.look()


def week(seed: int) -> None:
    device = DEVICES[seed % len(DEVICES)]
    with shop(device) as at:
        Week(seed, device, at).go()


@pytest.mark.parametrize("part", range(20))
def test_the_guide_predicts_the_fate_of_every_payment(part: int) -> None:
    for seed in range(part * HISTORIES // 20, (part + 1) * HISTORIES // 20):
        week(seed)


def test_the_model_and_the_guide_differ_where_a_rule_is_broken() -> None:
    """The comparison has teeth: a terminal that keeps payments for an hour less is found out."""
    found = 0
    for seed in range(60):
        device = DEVICES[seed % len(DEVICES)]
        with shop(device) as at:
            other = Week(seed, device, at)
            for payment_window in ("deadline",):
                assert payment_window
            try:
                other.model.service_session -= HOUR // SECOND // 2
                other.go()
            except AssertionError:
                found += 1
    assert found
