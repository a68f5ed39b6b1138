"""The driver of a terminal: power, and every word of the script language as a method, each a step of labgrid."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TextIO, TypeVar

import attr
from labgrid import step, target_factory
from labgrid.driver import Driver
from labgrid.protocol import PowerProtocol, ResetProtocol
from labgrid.resource.base import SerialPort

from terminal_sim.adapters.labgrid.resources import CardReader, PaymentTerminal
from terminal_sim.adapters.session import SECRET_KINDS, TerminalSession, TerminalSetup
from terminal_sim.bench import BenchMisuse, JsonLines, Trace, is_trace
from terminal_sim.verbs import VERBS, Tester, Verb
from terminal_sim.verbs.states import read_state

_Class = TypeVar("_Class", bound=type)


def _with_verbs(cls: _Class) -> _Class:
    """Gives the class a method for each verb, of the name that it has in Python."""
    for verb in VERBS.values():
        if hasattr(cls, verb.method):
            raise TypeError(f"{cls.__name__} has {verb.method} already, which is a verb")
        setattr(cls, verb.method, _method(verb))
    return cls


def _method(verb: Verb) -> Any:
    """The verb as a method. Its step shows what was said, unless that may be a secret."""

    def said(self: PaymentTerminalDriver, *values: Any, **named: Any) -> Any:
        return getattr(self.tester, verb.method)(*values, **named)

    shown = [] if any(p.kind in SECRET_KINDS for p in verb.parameters) else ["values", "named"]
    said.__name__ = verb.method
    said.__qualname__ = f"PaymentTerminalDriver.{verb.method}"
    said.__doc__ = verb.doc
    method = Driver.check_active(step(title=" ".join(verb.words), args=shown)(said))
    method.__signature__ = inspect.signature(getattr(Tester, verb.method))
    return method


@target_factory.reg_driver
@_with_verbs
@attr.s(eq=False)
class PaymentTerminalDriver(Driver, PowerProtocol, ResetProtocol):
    """A terminal is there while the driver is active, on a bench of its own; it has its reader alone, and gives it back when the driver is deactivated.

    It begins fresh at its home screen, or where `begin_with`, a file of `save state`, goes on. Without a reader its readers are virtual. A reader at a serial
    port of labgrid speaks `protocol`. The file `trace` takes all that happens in this process, as lines of JSON. Activation raises what the bench raises: `ProfileError`, `BenchMisuse` and `DriverError`, each with its cure.
    """

    bindings = {  # noqa: RUF012 (labgrid declares it of an instance)
        "model": PaymentTerminal,
        "reader": {CardReader, SerialPort, None},
    }
    protocol: str = attr.ib(default="ccid", validator=attr.validators.instance_of(str))
    begin_with: str = attr.ib(default="", validator=attr.validators.instance_of(str))

    trace: str = attr.ib(default="", validator=attr.validators.instance_of(str))

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        self._session: TerminalSession | None = None
        self._open = ExitStack()
        self._is_traced = False

    def on_activate(self) -> None:
        setup = self._setup()
        saved = read_state(self.begin_with, setup.folder) if self.begin_with else None
        with ExitStack() as opened:
            trace = Trace(JsonLines(opened.enter_context(self._traced(setup.folder)))) if self.trace else None
            self._session = TerminalSession(setup, saved=saved, trace=trace)
            opened.callback(self._session.close)
            self._open = opened.pop_all()

    def on_deactivate(self) -> None:
        self._session = None
        self._open.close()

    @property
    @Driver.check_active
    def session(self) -> TerminalSession:
        """The terminal with its bench. Raises labgrid's `StateError` where the driver is not active."""
        assert self._session is not None
        return self._session

    @property
    def tester(self) -> Tester:
        """What says the words of scripts: the same methods, of which a type checker knows the arguments."""
        tester: Tester = self.session.tester
        return tester

    @Driver.check_active
    @step()
    def screen(self, on: str = "main") -> str:
        """The settled screen as text, in its frame; `on` names the display where the terminal has several. Raises `BadScript` where it has not that one."""
        shown: str = self.session.screen(on)
        return shown

    @Driver.check_active
    @step()
    def receipt(self, copy: str = "") -> str:
        """The newest receipt as text, or the newest `merchant` or `customer` copy; "" where there is none."""
        printed: str = self.session.receipt(copy)
        return printed

    def value(self, name: str) -> str:
        """What a script writes as `${name}`: `card.pin` of the card that was presented last, `passcode.admin`, what `capture` found. Raises `BadScript`."""
        return self.tester.value(name)

    @Driver.check_active
    @step()
    def on(self) -> None:
        """Switch the terminal on, where it is off."""
        if not self.session.terminal.is_on:
            self.session.terminal.power_on()

    @Driver.check_active
    @step()
    def off(self) -> None:
        """Shut the terminal down in order, where it is on."""
        if self.session.terminal.is_on:
            self.session.terminal.power_off()

    @Driver.check_active
    @step()
    def cycle(self) -> None:
        """Shut the terminal down and switch it on."""
        self.off()
        self.on()

    @Driver.check_active
    @step()
    def reset(self) -> None:
        """Cut the power, and switch it on: the terminal comes up with what its journal holds."""
        if self.session.terminal.is_on:
            self.session.terminal.power_cut()
        self.on()

    def _traced(self, folder: Path) -> TextIO:
        """The file of the trace: empty at the first activation, and gone on with at the next ones. Raises `BenchMisuse` for one that is something else."""
        path = folder / self.trace
        if path.exists() and not is_trace(path):
            raise BenchMisuse(f"{path} is no trace: name another file, or take that one away")
        file = path.open("a" if self._is_traced else "w", buffering=1, encoding="utf-8")
        self._is_traced = True
        return file

    def _setup(self) -> TerminalSetup:
        model = self.model
        return TerminalSetup(
            profile=model.profile,
            locale=model.locale,
            reader=self._reader(),
            seed=model.seed,
            pack=model.pack or None,
            cards=Path(model.cards) if model.cards else None,
            clock=model.clock,
            options=_options(model.options),
            folder=Path(self.target.env.config.base) if self.target.env is not None else Path(),
        )

    def _reader(self) -> str | tuple[str, ...]:
        if self.reader is None:
            return "virtual"
        if isinstance(self.reader, CardReader):
            address = self.reader.address
            return address if isinstance(address, str) else tuple(address)
        return f"{self.protocol}+serial://{self.reader.port}?baud={self.reader.speed}"


def _options(given: Mapping[str, object]) -> dict[str, str]:
    """As a script writes them: `true` and not Python's `True`."""
    return {
        key: str(value).casefold() if isinstance(value, bool) else str(value) for key, value in given.items()
    }
