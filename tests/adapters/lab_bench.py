"""What holds of terminals on a bench of labgrid: run by `test_labgrid.py` in a process that has labgrid.

In the current folder stand `bench.yaml` of the page, and `pool.yaml`, which a pool of the readers `main` and `second` wrote.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import serial
from labgrid import Environment, Target
from labgrid.binding import StateError
from labgrid.protocol import PowerProtocol, ResetProtocol
from labgrid.resource import RawSerialPort
from labgrid.step import StepEvent, steps
from labgrid.strategy import StrategyError

from terminal_sim.adapters.labgrid import (
    CardReader,
    PaymentTerminal,
    PaymentTerminalDriver,
    PaymentTerminalStrategy,
)
from terminal_sim.bench import BenchMisuse
from terminal_sim.readers.pool import PoolConnection
from terminal_sim.verbs import VERBS, ExpectationFailed, Tester

HOME = "id:home"


@pytest.fixture
def terminal(strategy: Any, target: Target) -> Iterator[Any]:
    strategy.transition("home")
    yield target.get_driver("PaymentTerminalDriver")
    strategy.transition("off")


@pytest.fixture
def events() -> Iterator[list[str]]:
    """What labgrid's reporters are told."""
    told: list[str] = []

    def hear(event: StepEvent) -> None:
        told.append(str(event))

    steps.subscribe(hear)
    yield told
    steps.unsubscribe(hear)


def states_of_the_pool() -> dict[str, tuple[bool, int]]:
    """Which readers are leased, and how often they were."""
    with PoolConnection(os.environ["TERMINAL_SIM_POOL"]) as pool:
        return {one.name: (one.leased, one.leases) for one in pool.readers()}


def made(kind: Any, target: Target, **about: Any) -> Any:
    """A resource or a driver without a name, as an environment file makes it."""
    return kind(target, None, **about)


def by_hand() -> Target:
    """A target that no file describes, with a terminal."""
    target = Target("by-hand")
    made(PaymentTerminal, target, profile="v400m")
    return target


def test_two_readers_of_a_pool_are_leased_used_and_given_back() -> None:
    pool = Environment("pool.yaml")
    targets = [pool.get_target(name) for name in ("main", "second")]
    strategies = [target.get_driver(PaymentTerminalStrategy) for target in targets]
    before = states_of_the_pool()
    for strategy in strategies:
        strategy.transition("home")
    assert states_of_the_pool() == {name: (True, leases + 1) for name, (_, leases) in before.items()}
    for target, amount in zip(targets, ("1250", "1300"), strict=True):
        terminal = target.get_driver(PaymentTerminalDriver)
        terminal.press("OK", amount, "OK")
        terminal.insert("visa-credit")
        terminal.expect_screen("Approved")
        terminal.expect_journal("sale", state="COMPLETED", entry="chip", amount=amount, count=1)
    for strategy in strategies:
        strategy.transition("off")
    with (
        PoolConnection(os.environ["TERMINAL_SIM_POOL"]) as one,
        PoolConnection(os.environ["TERMINAL_SIM_POOL"]) as other,
    ):
        assert {one.lease("main").name, other.lease("second").name} == {"main", "second"}


def test_a_reader_at_a_serial_port_of_labgrid_reads_the_card(capfd: pytest.CaptureFixture[str]) -> None:
    with PoolConnection(os.environ["TERMINAL_SIM_POOL"]) as pool:
        reader = pool.lease()
        target = by_hand()
        made(RawSerialPort, target, port=reader.path)
        terminal = made(PaymentTerminalDriver, target)
        target.activate(terminal)
        terminal.press("OK", "1250", "OK")
        pool.act("insert visa-credit")
        terminal.insert("visa-credit")
        terminal.expect_screen("Approved")
        target.deactivate(terminal)
    assert f"insert visa-credit into ccid+serial://{reader.path}?baud=115200" in capfd.readouterr().err


def test_the_module_serial_is_that_of_labgrid() -> None:
    assert Path(serial.__file__).parent.parent == Path(inspect.getfile(Environment)).parent.parent
    assert serial.__version__.startswith("3.5.0.")


def test_every_verb_is_a_method_with_its_own_arguments() -> None:
    for verb in VERBS.values():
        said = getattr(PaymentTerminalDriver, verb.method)
        assert inspect.signature(said) == inspect.signature(getattr(Tester, verb.method))
        assert said.__doc__ == verb.doc


def test_a_call_is_a_step_and_what_may_be_a_secret_is_left_out(terminal: Any, events: list[str]) -> None:
    terminal.expect_screen(HOME, within="5s")
    terminal.press("OK", "777", "OK")
    terminal.insert("visa-credit")
    assert [each for each in events if "expect screen" in each and "id:home" in each and "'5s'" in each]
    assert [each for each in events if each.startswith("press ")]
    assert [each for each in events if "777" in each] == []


def test_what_does_not_hold_fails_with_the_screen(terminal: Any) -> None:
    with pytest.raises(ExpectationFailed, match="the screen now") as failed:
        terminal.expect_screen("Approved", within="1s")
    assert terminal.screen() in str(failed.value)


def test_the_terminal_has_the_protocols_of_a_power_switch(terminal: Any) -> None:
    assert isinstance(terminal, PowerProtocol)
    assert isinstance(terminal, ResetProtocol)
    for act in (terminal.off, terminal.off, terminal.on, terminal.on, terminal.cycle, terminal.reset):
        act()
    terminal.expect_screen(HOME)
    terminal.expect_journal("power", count=2)


def test_each_transition_home_begins_anew(terminal: Any, strategy: Any) -> None:
    terminal.press("OK", "1250", "OK")
    terminal.insert("visa-credit")
    terminal.expect_screen("Approved")
    terminal.expect_journal("sale", count=1)
    strategy.transition("home")
    terminal.expect_screen(HOME)
    terminal.expect_journal("sale", no=True)


def test_a_saved_state_of_the_file_is_reached_in_the_middle_of_a_payment(
    terminal: Any, strategy: Any
) -> None:
    terminal.press("OK", "4321", "OK")
    terminal.save_state("card-asked.state")
    strategy.transition("card-asked")
    assert strategy.status == "card-asked"
    terminal.insert("visa-credit")
    terminal.expect_screen("Approved")
    terminal.expect_journal("sale", amount="4321", count=1)
    strategy.force("home")
    terminal.expect_screen(HOME)


def test_options_and_files_of_the_environment_count(env: Environment) -> None:
    square = env.get_target("square")
    square.get_driver(PaymentTerminalStrategy).transition("home")
    terminal = square.get_driver(PaymentTerminalDriver)
    terminal.network("down")
    terminal.press("1250")
    terminal.tap("id:charge")
    terminal.insert("visa-credit")
    terminal.expect_journal("offline.stored", count=1)


def test_the_trace_of_all_terminals_of_a_target_is_kept_without_secrets(terminal: Any, strategy: Any) -> None:
    for _ in range(2):
        strategy.transition("home")
        terminal.press("OK", "1250", "OK")
        terminal.insert("mastercard-pin")
        terminal.expect_screen("id:enter-pin")
        number = terminal.value("card.pan")
    strategy.transition("off")
    kept = Path("main.jsonl").read_text("utf-8")
    entries = [json.loads(line) for line in kept.splitlines()]
    assert [entry.get("line") for entry in entries].count("insert mastercard-pin") >= 2
    assert {"screen", "key", "apdu", "journal"} <= {entry["kind"] for entry in entries}
    assert number not in kept


def test_a_trace_goes_into_no_file_of_another_kind() -> None:
    target = by_hand()
    driver = made(PaymentTerminalDriver, target, trace="bench.yaml")
    before = Path("bench.yaml").read_bytes()
    with pytest.raises(BenchMisuse, match=r"bench\.yaml is no trace"):
        target.activate(driver)
    assert Path("bench.yaml").read_bytes() == before


def test_a_state_that_is_not_there_breaks_nothing(strategy: Any) -> None:
    with pytest.raises(StrategyError, match="did you mean 'home'"):
        strategy.transition("hom")
    strategy.transition("home")
    assert not strategy.broken
    strategy.transition("off")


def test_a_bench_that_cannot_be_set_up_breaks_its_strategy() -> None:
    target = by_hand()
    made(CardReader, target, address="pool:nowhere")
    made(PaymentTerminalDriver, target)
    strategy = made(PaymentTerminalStrategy, target)
    for _ in range(2):
        with pytest.raises(StrategyError) as broken:
            strategy.transition("home")
        assert "no pool of readers is at nowhere" in str(broken.value.__cause__)
    assert strategy.status == "off"


def test_an_inactive_driver_says_so() -> None:
    target = by_hand()
    terminal = made(PaymentTerminalDriver, target)
    with pytest.raises(StateError, match=r"PaymentTerminalDriver\.press cannot be called"):
        terminal.press("OK")
