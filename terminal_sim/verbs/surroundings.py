"""The verbs of what surrounds a terminal: its links, host and account, orders, time, power, paper, battery and faults."""

from __future__ import annotations

from typing import Annotated, Literal

from terminal_sim.bench import Duration
from terminal_sim.verbs.signature import Meaning, MinCount, ValueKind, verb
from terminal_sim.verbs.spelling import quoted
from terminal_sim.verbs.waiting import BadScript, Waiting, duration, number

Time = Annotated[Duration | str, ValueKind.TIME]


class SurroundingVerbs(Waiting):
    """The verbs that change what is around a terminal. None waits for a screen."""

    @verb("network", "network down", rehearsed=True)
    def network(
        self,
        state: Annotated[
            Literal["up", "down", "wifi", "4g"],
            Meaning("the state of the link, or the kind that it has from now on"),
        ],
    ) -> None:
        """The terminal's own link: there, gone, or of another kind."""
        with self._by_hand("network", state):
            if state in ("up", "down"):
                self.terminal.network(state == "up")
            else:
                self.terminal.network_kind(state)

    @verb("network slow", "network slow 2s")
    def network_slow(self, time: Time) -> None:
        """Every answer takes `time` longer."""
        with self._by_hand("network slow", str(duration(time))):
            self.terminal.network_slow(duration(time))

    @verb("service", "service down")
    def service(self, state: Annotated[Literal["up", "down"], Meaning("whether it answers")]) -> None:
        """The payment service behind a link that is up."""
        with self._by_hand("service", state):
            self.terminal.service(state == "up")

    @verb("account standalone", "account standalone off", rehearsed=True)
    def account_standalone(
        self, state: Annotated[Literal["on", "off"], Meaning("whether the account allows it")]
    ) -> None:
        """The account's standalone mode: off, the terminal takes no payment, MOTO or refund that it begins itself."""
        with self._by_hand("account standalone", state):
            self.terminal.account(state == "on")

    @verb("pair", "pair EBCARJ")
    def pair(self, code: Annotated[str, ValueKind.NAME, Meaning("the code that its service gave")]) -> None:
        """A device code is typed into the terminal, which pairs it with the account of its service; only while that is served, as by `--pos square`."""
        with self._by_hand("pair", code):
            self.terminal.pair(code)

    @verb("host answers", "host answers declined:51 approved")
    def host_answers(self, *answers: Annotated[str, ValueKind.ANSWER]) -> None:
        """The next answers of the acquirer, in order."""
        with self._by_hand("host answers", *answers):
            self.bench.host_answers(answers)

    @verb("host sends", "host sends unblock-pin", "host sends 72 841E000008A1B2C3D4E5F60718")
    def host_sends(self, *script: Annotated[str, ValueKind.SCRIPT]) -> None:
        """The issuer adds a script for the card to its next answer to a chip.

        `71` or `72` says when the card gets it: before or after the final GENERATE AC. Each line is one script: a command that the issuer makes
        under secure messaging (`host sends change-pin 4321`; `help scripts` lists them), or commands as hex digits.
        """
        with self._by_hand("host sends", *script):
            self.bench.host_sends(script)

    @verb("host pack", "host pack adyen-amounts", rehearsed=True)
    def host_pack(self, name: Annotated[str, ValueKind.PACK]) -> None:
        """The acquirer answers by the endings of amounts of this pack from now on; `none` ends it."""
        with self._by_hand("host pack", name):
            self.bench.host_pack("" if name == "none" else name)

    @verb("order", 'order "Table 4" 2350', rehearsed=True)
    def order(
        self,
        text: Annotated[str, ValueKind.TEXT, Meaning("what was ordered")],
        amount: Annotated[int | str, ValueKind.COUNT, Meaning("its amount in minor units")],
    ) -> None:
        """An online order arrives at the service, which hands it over as soon as the terminal can be reached."""
        with self._by_hand("order", quoted(text), str(number(amount))):
            self.terminal.order(text, number(amount))

    @verb("wait", "wait 23h59min")
    def wait(self, time: Time) -> None:
        """Lets virtual time pass."""
        before = self._snapshot()
        limit = before.mono + duration(time)
        while self.bench.now.mono < limit:
            self._pass(limit, before)

    @verb("power", "power cut", "power on")
    def power(
        self, state: Annotated[Literal["off", "on", "cut"], Meaning("shut down, start, or cut")]
    ) -> None:
        """Orderly shut-down, start, or a power cut without warning."""
        with self._by_hand("power", state):
            {"off": self.terminal.power_off, "on": self.terminal.power_on, "cut": self.terminal.power_cut}[
                state
            ]()

    @verb("paper", "paper out", rehearsed=True)
    def paper(
        self, state: Annotated[Literal["out", "low", "in"], Meaning("used up, nearly so, or a new roll")]
    ) -> None:
        """The paper of the printer."""
        with self._by_hand("paper", state):
            self.terminal.paper(state)

    @verb("battery", "battery 5%", rehearsed=True)
    def battery(self, charge: Annotated[str, ValueKind.PERCENT]) -> None:
        """The charge of the battery: `5%`."""
        with self._by_hand("battery", charge):
            self.terminal.battery(percent(charge))

    @verb("fault", "fault wire drop 2", "fault printer-jam", rehearsed=True)
    def fault(
        self,
        name: Annotated[str, ValueKind.FAULT],
        *arguments: Annotated[
            str, ValueKind.VALUE, MinCount(0), Meaning("what the fault takes (`help faults`)")
        ],
    ) -> None:
        """A named fault of the bench's catalogue."""
        with self._by_hand("fault", name, *arguments):
            self.terminal.fault(name, *arguments)


def percent(text: str) -> int:
    """`5%` is 5. Raises `BadScript`."""
    charge = number(text.removesuffix("%"))
    if charge > 100 or not text.endswith("%"):
        raise BadScript(f"{text!r} is no charge: write 0% to 100%")
    return charge
