"""Each window at the second, on each device, and whatever happens around it changes nothing: clock, power, link, app."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from terminal_sim.core.payment import PaymentState
from tests.offline.shop import DAY, DEVICES, HOUR, SECOND, Shop, shop, stock

Disturbance = Callable[[Shop], None]

COMPLETED, EXPIRED, PENDING = PaymentState.COMPLETED, PaymentState.EXPIRED, PaymentState.PENDING


def clock_forwards(at: Shop) -> None:
    at.bench.set_clock("2031-05-01T00:00:00")


def clock_backwards(at: Shop) -> None:
    at.bench.set_clock("2001-05-01T00:00:00")


def power_cut(at: Shop) -> None:
    at.terminal.power_cut()
    at.terminal.power_on()


def restart(at: Shop) -> None:
    at.terminal.power_off()
    at.terminal.power_on()


def link_of_the_reader(at: Shop) -> None:
    if at.profile.app:
        at.terminal.fault("reader-link", "down")
        at.terminal.fault("reader-link", "up")


def app(at: Shop) -> None:
    if at.profile.app:
        at.terminal.fault("app", "closed")
        at.terminal.fault("app", "open")


def nothing(_: Shop) -> None:
    pass


DISTURBANCES: list[Disturbance] = [
    nothing, clock_forwards, clock_backwards, power_cut, restart, link_of_the_reader, app,
]  # fmt: skip

disturbed = pytest.mark.parametrize("disturb", DISTURBANCES, ids=lambda each: each.__name__)
each_device = pytest.mark.parametrize("device", DEVICES)


def anchored_at_loss(device: str) -> bool:
    return stock(device).offline.anchor == "connection-lost"


@each_device
@disturbed
@pytest.mark.parametrize(("early", "fate"), [(1, COMPLETED), (0, EXPIRED), (-1, EXPIRED)])
def test_at_the_last_second_a_payment_is_forwarded_and_then_it_has_expired(
    device: str, disturb: Disturbance, early: int, fate: PaymentState
) -> None:
    with shop(device) as at:
        at.terminal.network(False)
        at.pass_time(HOUR // 2)
        assert at.charge() == "accepted-offline"
        waits = DAY - (HOUR // 2 if anchored_at_loss(device) else 0)
        at.pass_time(waits - 10 * SECOND)
        disturb(at)
        at.pass_time(10 * SECOND - early * SECOND)
        at.terminal.network(True)
        at.pass_time(SECOND)
        assert at.fates() == [fate]
        assert len(at.advices()) == (fate is COMPLETED)


@each_device
@disturbed
@pytest.mark.parametrize("outage", ["network", "service"])
def test_a_session_ends_at_its_second(device: str, disturb: Disturbance, outage: str) -> None:
    with shop(device) as at:
        getattr(at.terminal, outage)(False)
        session = getattr(at.profile.offline.session, outage)
        assert session == (HOUR if at.profile.app else DAY)
        at.pass_time(session - 10 * SECOND)
        disturb(at)
        at.pass_time(9 * SECOND)
        assert at.charge() == "accepted-offline"
        at.pass_time(SECOND)
        assert at.charge() == "offline-session-over"


@each_device
def test_the_window_of_the_queue_begins_with_the_outage_or_with_its_first_payment(device: str) -> None:
    with shop(device) as at:
        at.terminal.network(False)
        for _ in range(3):
            at.pass_time(HOUR // 4)
            assert at.charge() == "accepted-offline"
        at.pass_time(DAY - 3 * HOUR // 4 + (0 if anchored_at_loss(device) else HOUR // 4) - SECOND)
        assert at.fates() == [PENDING] * 3
        at.pass_time(SECOND)
        assert at.fates() == [EXPIRED] * 3


@each_device
def test_a_terminal_that_was_off_at_the_deadline_says_so_when_it_boots(device: str) -> None:
    with shop(device) as at:
        at.terminal.network(False)
        at.charge()
        at.terminal.power_cut()
        at.pass_time(DAY + HOUR)
        at.terminal.network(True)
        at.terminal.power_on()
        at.pass_time(SECOND)
        assert (at.fates(), at.advices()) == ([EXPIRED], [])


@each_device
def test_an_outage_that_a_power_cut_interrupts_is_one_outage(device: str) -> None:
    with shop(device) as at:
        at.terminal.service(False)
        session = at.profile.offline.session.service
        at.pass_time(session // 2)
        power_cut(at)
        at.pass_time(session // 2)
        assert at.charge() == "offline-session-over"


@each_device
def test_a_link_that_flaps_gives_no_new_session_for_the_service(device: str) -> None:
    with shop(device) as at:
        at.terminal.service(False)
        at.pass_time(at.profile.offline.session.service - SECOND)
        at.terminal.network(False)
        at.terminal.network(True)
        assert at.charge() == "accepted-offline"
        at.pass_time(SECOND)
        assert at.charge() == "offline-session-over"


@each_device
def test_the_banner_follows_what_keeps_the_acquirer_out_of_reach(device: str) -> None:
    def banners(at: Shop) -> list[str]:
        return [item.id for item in at.terminal.view().items if item.id.startswith("banner-")]

    with shop(device) as at:
        assert banners(at) == []
        at.terminal.service(False)
        assert banners(at) == ["banner-service"]
        at.terminal.network(False)
        assert banners(at) == ["banner-network"]
        at.terminal.service(True)
        assert banners(at) == ["banner-network"]
        at.terminal.network(True)
        assert banners(at) == []


@each_device
def test_what_has_left_never_expires(device: str) -> None:
    with shop(device) as at:
        at.terminal.network(False)
        at.charge()
        at.bench.host_answers(["timeout"])
        at.pass_time(DAY - HOUR)
        at.terminal.network(True)
        at.terminal.network(False)
        at.pass_time(3 * DAY)
        assert at.fates() == [PaymentState.FORWARD_SENT]
        at.terminal.network(True)
        at.pass_time(HOUR)
        assert at.fates() == [COMPLETED]
        assert len(at.advices()) == 2
        assert len(at.bench.acquirer.entries()) == 1


@each_device
def test_a_power_cut_between_sending_and_the_answer_repeats_the_same_message(device: str) -> None:
    with shop(device) as at:
        at.terminal.network(False)
        at.charge()
        at.terminal.network(True)
        at.terminal.power_cut()
        at.pass_time(SECOND)
        at.terminal.power_on()
        at.pass_time(SECOND)
        seen = [(m.mti, m.fields["stan"], m.fields["amount"]) for m in at.bench.host_messages()]
        assert seen == [("0220", 1, 1000), ("0221", 1, 1000)]
        assert at.fates() == [COMPLETED]
        assert len(at.bench.acquirer.entries()) == 1


@each_device
def test_a_hundred_payments_leave_in_order_one_at_a_time(device: str) -> None:
    with shop(device) as at:
        at.terminal.network(False)
        for n in range(100):
            at.charge(100 + n)
        at.terminal.network(True)
        at.pass_time(HOUR)
        assert at.fates() == [COMPLETED] * 100
        assert [m.fields["amount"] for m in at.bench.host_messages()] == list(range(100, 200))


@pytest.mark.parametrize("effects", range(1, 14))
@each_device
def test_a_power_cut_after_any_effect_of_an_acceptance_keeps_it_or_never_said_so(
    device: str, effects: int
) -> None:
    with shop(device) as at:
        at.terminal.network(False)
        for digit in "1000":
            at.terminal.press(digit)
        at.terminal.press("OK")
        at.terminal.fault("power-cut-after", str(effects))
        at.terminal.insert("visa-credit")
        said = at.terminal.board.firmware is not None and at.told() == "accepted-offline"
        if at.terminal.board.firmware is None:
            at.terminal.power_on()
        at.terminal.board.power.fuse = 0
        assert at.fates() in ([], [PENDING])
        assert not said or at.fates() == [PENDING]
        at.terminal.network(True)
        at.pass_time(HOUR)
        assert at.fates() in ([], [COMPLETED])
