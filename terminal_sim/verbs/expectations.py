"""The verbs that expect something of a terminal. Each waits by itself, in virtual time; `no` must hold now."""

from __future__ import annotations

import re
from functools import partial
from operator import itemgetter
from typing import Annotated, Literal

from terminal_sim.bench import Selector
from terminal_sim.bench.words import RULES, rules, told
from terminal_sim.datafiles.suggest import most_like, suggest
from terminal_sim.verbs.row_expectations import NOW, RowExpectations, Throughout, Within
from terminal_sim.verbs.rows import spelled
from terminal_sim.verbs.signature import Keyword, Meaning, MinCount, ValueKind, verb
from terminal_sim.verbs.waiting import (
    DEFAULT_WITHIN,
    BadScript,
    Said,
    listed,
    pattern,
    plain,
    selector,
)

Surface = Literal["screen", "receipt", "host", "journal", "report"]


class Expectations(RowExpectations):
    """The verbs that look at something. With `no=True` they are `expect no ...`, which `for_` prolongs."""

    @verb("expect screen", 'expect screen "Approved" within 5s', 'expect no screen "Enter PIN"')
    def expect_screen(
        self,
        what: Annotated[Selector | str, ValueKind.SELECTOR],
        *,
        on: Annotated[str, ValueKind.DISPLAY, Keyword("on", "the display that is looked at")] = "main",
        no: bool = False,
        within: Within = DEFAULT_WITHIN,
        for_: Throughout = NOW,
    ) -> None:
        """The settled screen shows it."""
        wanted = selector(what)

        def holds() -> Said | None:
            found = self.terminal.view(on).matches(wanted)
            return partial(listed, found) if found else None

        self._expect(
            holds,
            f"{wanted} on the screen",
            lambda: self._closest(wanted, on) + self._because(),
            no,
            within,
            for_,
        )

    @verb("forbid screen", 'forbid screen "Out of service"')
    def forbid_screen(self, what: Annotated[Selector | str, ValueKind.SELECTOR]) -> None:
        """Fails the scenario at once whenever the screen shows it, from now on."""
        self._forbidden.append(selector(what))
        self._watch(self._snapshot())

    @verb("expect receipt", 'expect receipt "$12.50" "APPROVED" copy=merchant')
    def expect_receipt(
        self,
        *texts: Annotated[str, ValueKind.TEXT, MinCount(0), Meaning("what it says, somewhere")],
        copy: Annotated[
            Literal["", "merchant", "customer", "report", "document"],
            Meaning("the copy; the newest of any without it"),
        ] = "",
        no: bool = False,
        within: Within = DEFAULT_WITHIN,
        for_: Throughout = NOW,
    ) -> None:
        """The newest receipt (of that copy) has every text."""
        wanted = [plain(text) for text in texts]

        def missing(printed: str) -> list[str]:
            said = plain(printed)
            return [text for text in wanted if text not in said]

        def holds() -> Said | None:
            printed = self._receipt(copy)
            return (lambda: "a receipt that has it") if printed and not missing(printed) else None

        def there() -> str:
            printed = self._receipt(copy)
            lines = [plain(line) for line in printed.splitlines() if line.strip()]
            lacking = (f'"{most_like(text, lines)}"' for text in missing(printed))
            return "; ".join(lacking) if lines else "no such receipt"

        said = " ".join([f"a {copy} receipt" if copy else "a receipt", *(f'"{text}"' for text in wanted)])
        self._expect(holds, said, there, no, within, for_)

    @verb("expect light", "expect light contactless on", "expect light light-1 green")
    def expect_light(
        self,
        name: Annotated[str, ValueKind.LIGHT],
        state: Annotated[str, ValueKind.LIGHT_STATE] = "",
        *,
        no: bool = False,
        within: Within = DEFAULT_WITHIN,
        for_: Throughout = NOW,
    ) -> None:
        """A light of the reader is in that state, or in any but `off`."""

        def holds() -> Said | None:
            shown = self.terminal.lights.get(name, "off")
            return (lambda: f"{name} {shown}") if (shown == state if state else shown != "off") else None

        def there() -> str:
            return (
                ", ".join(f"{light} {shown}" for light, shown in self.terminal.lights.items()) or "no lights"
            )

        self._expect(holds, f"the light {name} {state or 'on'}", there, no, within, for_)

    @verb("expect why", "expect why oda.not-performed", "expect no why taa.denial")
    def expect_why(
        self,
        rule: Annotated[str, ValueKind.RULE],
        *,
        no: bool = False,
        within: Within = DEFAULT_WITHIN,
        for_: Throughout = NOW,
    ) -> None:
        """The reasons of the newest transaction with a card have this rule among them."""
        if rule not in RULES:
            raise BadScript(f"there is no rule {rule!r}{suggest(rule, RULES)}")

        def holds() -> Said | None:
            return (lambda: rule) if rule in rules(self.terminal.reasons) else None

        def there() -> str:
            return " ".join(rules(self.terminal.reasons)) or "no reason"

        self._expect(holds, f"the reason {rule}", there, no, within, for_)

    @verb("expect beep", "expect beep within 1s")
    def expect_beep(
        self, *, no: bool = False, within: Within = DEFAULT_WITHIN, for_: Throughout = NOW
    ) -> None:
        """It has beeped since the last beep that was expected."""

        def holds() -> Said | None:
            return (lambda: "a beep") if self.terminal.beeps > self._beeps_heard else None

        self._expect(holds, "a beep", lambda: "silence", no, within, for_)
        self._beeps_heard = self.terminal.beeps

    @verb("capture", r"capture reference from journal /reference=(\S+)/", 'note "${reference}"')
    def capture(
        self,
        name: Annotated[str, ValueKind.VARIABLE],
        text: Annotated[str, ValueKind.PATTERN],
        *,
        from_: Annotated[Surface, Keyword("from", "where to look")],
    ) -> str:
        """Waits until the surface matches, and keeps what the one group caught as a variable."""
        wanted = one_group(text)

        def caught() -> str | None:
            found = wanted.search(self._surface(from_))
            return None if found is None else found[1]

        there = f"/{text}/ on the {from_}"
        self.variables[name] = self._until(
            caught, there, lambda: most_like(text, self._surface(from_).splitlines()), DEFAULT_WITHIN
        )
        return self.variables[name]

    def _because(self) -> str:
        """Why the newest transaction with a card ended as it did, where one has ended."""
        return "".join(f"\n  because {sentence}" for sentence in told(self.terminal.reasons))

    def _receipt(self, copy: str) -> str:
        """The newest receipt, or the newest of that copy; "" where there is none."""
        newest = self.terminal.newest_receipt(copy, after=self._receipts_before)
        return newest.text if newest is not None else ""

    def _surface(self, name: Surface) -> str:
        """What stands there, as lines of text."""
        if name == "screen":
            return "\n".join(plain(item.wording) for item in self.terminal.view().items)
        if name == "receipt":
            return "\n".join(plain(line) for line in self._receipt("").splitlines())
        rows = self._rows_of(name)
        if name == "report":
            rows = sorted(rows, key=itemgetter("time"))
        return "\n".join(spelled({field: str(value) for field, value in row.items()}) for row in rows)


def one_group(text: str) -> re.Pattern[str]:
    """A pattern that says in one pair of brackets what to capture. Raises `BadScript`."""
    wanted = pattern(text)
    if wanted.groups != 1:
        raise BadScript(f"/{text}/ has {wanted.groups} groups: what to capture stands in one pair of ( )")
    return wanted
