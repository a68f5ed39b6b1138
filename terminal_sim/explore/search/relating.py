"""Runs two sessions of the same acts, the second changed where it must not matter, and says what a relation finds different."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import takewhile
from random import Random

from terminal_sim.bench import TraceEntry, contents
from terminal_sim.explore.search.act import Act
from terminal_sim.explore.search.ground import ExploredSession, Ground
from terminal_sim.explore.search.neutral import ALSO, is_idle, is_repeatable, neutral_errands
from terminal_sim.oracles import relations
from terminal_sim.oracles.oracle import OracleAlarm
from terminal_sim.oracles.relations import RELATIONS, Relation, RelationDifference, ShownAct
from terminal_sim.readers.opening import VIRTUAL

DAYS_AHEAD = "2026-01-18T09:00:00"
"""Three days after a bench begins, in the month in which it begins: what a card's expiry is held against stays the same."""
OTHER_READER = "vivotech+virtual:"
REMOVED: Act = ("remove", "card")
"""A ViVOtech2 reader tells nothing of a card that leaves between two commands: with it the sessions may go apart."""
_ERRANDS_IN_A_SESSION = 3
_FEW = 2
_LEFT_TO_READER = "visa-both-protocols"
"""The card whose chip offers both protocols: a reader of ISO/IEC 7816-3 chooses one, and a reader of EMV refuses it."""


@dataclass(frozen=True, slots=True)
class RelationBreach:
    """What was different: the alarm, the acts of the changed session up to where it was, its ground, and the line that does not hold there."""

    alarm: OracleAlarm
    acts: tuple[Act, ...]
    ground: Ground = field(repr=False)
    expected: str


def of_code(code: str) -> Relation | None:
    """The relation with this code, None where it is another rule's."""
    return next((one for one in RELATIONS if one.code == code), None)


def applicable(ground: Ground) -> list[Relation]:
    """The relations that sessions of a ground can be held to."""
    if ground.reader != VIRTUAL:
        return []  # a reader of one's own serves one session at a time
    entries = ground.model.entries
    possible = {
        relations.language.code: len(ground.model.languages) > 1,
        relations.reader.code: entries.chip and entries.contactless and entries.stripe,
    }
    return [one for one in RELATIONS if possible.get(one.code, True)]


def marked(one: Relation, acts: Sequence[Act], ground: Ground, chance: Random) -> list[Act] | None:
    """The acts with what the changed session does besides, up to one that would not do the same there; None where there are too few."""
    found = [*acts]
    if one in (relations.errand, relations.reader):
        found = [*takewhile(is_repeatable, acts)]
    if one is relations.reader:
        found = [*takewhile(lambda act: _LEFT_TO_READER not in act, found)]
    if len(found) < _FEW:
        return None
    if one is relations.errand:
        names = list(neutral_errands(ground.model))
        for _ in range(_ERRANDS_IN_A_SESSION):
            found.insert(chance.randrange(len(found)), (ALSO, chance.choice(names)))
    return found


def changed_ground(one: Relation, ground: Ground) -> Ground:
    """Where the second session is done."""
    if one is relations.clock:
        return replace(ground, clock=DAYS_AHEAD)
    if one is relations.language:
        own = ground.locale or ground.model.languages[0]
        return replace(ground, locale=next(tag for tag in ground.model.languages if tag != own))
    return replace(ground, reader=OTHER_READER) if one is relations.reader else ground


def related(one: Relation, ground: Ground, acts: Sequence[Act]) -> RelationBreach | None:
    """The first thing that is not the same when the acts are done on the ground and where it was changed; None where all is."""
    silent = replace(ground, oracles=(), classes=frozenset())
    elsewhere = changed_ground(one, silent)
    errands = neutral_errands(ground.model)
    with silent.session() as plain, elsewhere.session() as changed:
        if one is not relations.errand:  # only an errand asks what a watcher knows
            plain.watch.close()
            changed.watch.close()
        seen, seen_too = _ShownActs(plain), _ShownActs(changed)
        rows: list[str] = []
        for act in acts:
            if act[0] == ALSO:
                if is_idle(plain) and is_idle(changed):
                    for each in errands.get(act[1], ()):
                        changed.do(each)
                    seen_too.shown()
                continue
            plain.do(act)
            changed.do(act)
            first, second = seen.shown(), seen_too.shown()
            rows += map(relations.named, first.rows)
            difference = next(one.compare(first, second), None)
            apart = difference is not None or plain.terminal.card_in_slot != changed.terminal.card_in_slot
            if one is relations.reader and act == REMOVED and apart:
                return None
            if difference is not None:
                return _breach(one, _counted(difference, rows), changed, ground, elsewhere)
    return None


def _counted(difference: RelationDifference, rows: Sequence[str]) -> RelationDifference:
    """The same, its line with how many such rows the plain session has; `rows` are the names of all of them."""
    if difference.counted is None:
        return difference
    many = len([one for one in rows if one == relations.named(difference.counted)])
    line = (
        f"{difference.expected} count={many}"
        if many
        else difference.expected.replace("expect", "expect no", 1)
    )
    return difference._replace(expected=f"{line} within 0s" if many else line)


def _breach(
    one: Relation, difference: RelationDifference, changed: ExploredSession, ground: Ground, elsewhere: Ground
) -> RelationBreach:
    alarm = OracleAlarm(one.code, one.sentence, difference.detail, changed.bench.trace.number)
    where = replace(elsewhere, oracles=ground.oracles, classes=ground.classes)
    return RelationBreach(alarm, tuple(changed.acts), where, difference.expected)


_SHOWN = (contents.RowStored, contents.MessageSent)


class _ShownActs:
    """Takes the trace of a session, and gives what each act brought about."""

    wants_frames = wants_bytes = False

    def __init__(self, session: ExploredSession) -> None:
        self._session = session
        self._entries: list[contents.Content] = []
        self._papers = len(session.terminal.receipts)
        session.bench.trace.subscribe(self)

    def take(self, entry: TraceEntry) -> None:
        """See `Subscriber`."""
        if isinstance(entry.content, _SHOWN):
            self._entries.append(entry.content)

    def shown(self) -> ShownAct:
        """What has come since the last time, and what stands there now."""
        terminal, entries, self._entries = self._session.terminal, self._entries, []
        view = terminal.view() if terminal.is_on else None
        printed = terminal.receipts
        papers, self._papers = tuple(one.text for one in printed[self._papers :]), len(printed)
        items = () if view is None else view.unplaced
        return ShownAct(
            screen="off" if view is None else view.screen.id,
            texts=tuple(one.wording for one in items if one.wording),
            amount=next(("".join(filter(_is_digit, one.wording)) for one in items if one.id == "sum"), ""),
            rows=tuple(
                (one.row, tuple(one.values.items()))
                for one in entries
                if isinstance(one, contents.RowStored) and one.row != "boot"
            ),
            messages=tuple(
                (one.out, one.stan, one.amount) for one in entries if isinstance(one, contents.MessageSent)
            ),
            papers=papers,
        )


_is_digit: Callable[[str], bool] = "0123456789".__contains__
