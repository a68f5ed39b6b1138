"""From the words of a step to the verb or macro that it calls, and its values at their places."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from terminal_sim.datafiles.suggest import suggest
from terminal_sim.script.tree import Form, Macro, ScriptStep, Value
from terminal_sim.verbs import VERBS, Parameter, Verb
from terminal_sim.verbs.signature import NEGATION, ValueKind
from terminal_sim.verbs.states import state_of

FROM_STATE = ("from", "state")
_LONGEST = max(len(words) for words in VERBS)

Diagnose = Callable[[Value, str], None]


@dataclass(frozen=True, slots=True)
class VerbArgument:
    """A value and what the verb takes it for."""

    parameter: Parameter
    value: Value


@dataclass(frozen=True, slots=True)
class VerbCall:
    """A verb with its arguments: those by place, those by the parameter's name, and free fields."""

    step: ScriptStep
    verb: Verb
    values: tuple[VerbArgument, ...] = ()
    named: tuple[VerbArgument, ...] = ()
    fields: Mapping[str, Value] = field(default_factory=dict)
    no: bool = False

    @property
    def arguments(self) -> tuple[VerbArgument, ...]:
        return self.values + self.named

    def of_kind(self, kind: ValueKind) -> tuple[Value, ...]:
        """The values that the verb takes for that kind."""
        return tuple(argument.value for argument in self.arguments if argument.parameter.kind is kind)


@dataclass(frozen=True, slots=True)
class MacroCall:
    step: ScriptStep
    macro: Macro
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class FromState:
    """The scenario goes on where another one saved, under a name in this file or into a file of its own."""

    step: ScriptStep
    name: Value

    @property
    def state(self) -> str:
        """The state as `verbs.states` tells names and files apart."""
        return state_of(self.name.text, quoted=self.name.form is Form.STRING)


Call = VerbCall | MacroCall | FromState


def bind(step: ScriptStep, macros: Mapping[str, Macro], diagnose: Diagnose) -> Call | None:
    """None where the step calls nothing that exists; every fault is reported to `diagnose`."""
    first = step.values[0]
    if first.word in macros:
        return _macro_call(step, macros[first.word], diagnose)
    words = [value.word for value in step.values]
    if tuple(words[:2]) == FROM_STATE:
        third = step.values[2] if len(words) == 3 else first
        if len(words) != 3 or not (
            third.word or (third.form is Form.STRING and third.text and not third.name)
        ):
            diagnose(first, 'from state needs one name or file: from state NAME, from state "FILE"')
            return None
        return FromState(step, step.values[2])
    no = len(words) > 2 and words[1] == NEGATION
    spoken = [words[0], *words[2:]] if no else words
    for length in range(min(_LONGEST, len(spoken)), 0, -1):
        verb = VERBS.get(tuple(spoken[:length]))
        if verb is not None:
            if no and not verb.negatable:
                diagnose(step.values[1], f"{' '.join(verb.words)} has no opposite: {verb.form}")
                return None
            return _Binding(step, verb, no, diagnose).call(step.values[length + no :])
    _unknown(step, spoken, no, macros, diagnose)
    return None


def _unknown(
    step: ScriptStep, spoken: list[str], no: bool, macros: Mapping[str, Macro], diagnose: Diagnose
) -> None:
    """Says how far the words were right and what may come next."""
    known = (*VERBS, FROM_STATE)
    right = 0
    while right < len(spoken) and any(words[: right + 1] == tuple(spoken[: right + 1]) for words in known):
        right += 1
    follow = {
        words[right] for words in known if len(words) > right and words[:right] == tuple(spoken[:right])
    }
    if not right:
        text = step.values[0].text
        diagnose(step.values[0], f"there is no act {text!r}{suggest(text, [*follow, *macros])}")
        return
    after = " ".join(spoken[:right])
    place = step.values[min(right + no, len(step.values) - 1)]
    said = spoken[right] if right < len(spoken) else ""
    what = f", not {place.text!r}" if right < len(spoken) else ""
    diagnose(place, f"after {after!r} comes {' or '.join(sorted(follow))}{what}{suggest(said, follow)}")


def _macro_call(step: ScriptStep, macro: Macro, diagnose: Diagnose) -> MacroCall:
    values = step.values[1:]
    if len(values) != len(macro.parameters):
        form = " ".join([macro.name, *(f"${{{name}}}" for name in macro.parameters)])
        diagnose(
            step.values[0],
            f"{macro.name} has {len(values)} arguments here and takes {len(macro.parameters)}: {form}",
        )
    for value in values:
        if value.name:
            diagnose(
                value, f"{macro.name} takes its arguments by place: put {value.name}=... in quotation marks"
            )
    return MacroCall(step, macro, values)


class _Binding:
    """Puts the values of one step at their places."""

    def __init__(self, step: ScriptStep, verb: Verb, no: bool, diagnose: Diagnose) -> None:
        self.step = step
        self.verb = verb
        self.no = no
        self.diagnose = diagnose
        self.placed: list[VerbArgument] = []
        self.named: list[VerbArgument] = []
        self.fields: dict[str, Value] = {}

    def call(self, values: tuple[Value, ...]) -> VerbCall:
        ahead = list(values)
        while ahead:
            value = ahead.pop(0)
            if value.word in self.verb.introduced:
                self._introduced(value, ahead)
            elif value.name:
                self._pair(value)
            elif len(self.placed) < len(self.verb.values):
                self.placed.append(VerbArgument(self.verb.values[len(self.placed)], value))
            elif self.verb.rest is not None:
                self.placed.append(VerbArgument(self.verb.rest, value))
            else:
                near = suggest(value.word, self.verb.introduced) if value.word else ""
                self.diagnose(value, f"{value.text!r} is one too many{near or f': {self.verb.form}'}")
        self._complete()
        placed, named = tuple(self.placed), tuple(self.named)
        return VerbCall(self.step, self.verb, placed, named, self.fields, self.no)

    def _introduced(self, word: Value, ahead: list[Value]) -> None:
        parameter = self.verb.introduced[word.word]
        if not ahead:
            self.diagnose(word, f"after {word.text!r} comes {parameter.form}")
        else:
            self._name(parameter, ahead.pop(0))

    def _pair(self, value: Value) -> None:
        if value.name in self.verb.named:
            self._name(self.verb.named[value.name], value)
        elif value.name in self.fields:
            self.diagnose(value, f"{value.name} is said twice")
        elif self.verb.fields and value.name not in self._reserved:
            self.fields[value.name] = value
        else:
            cure = suggest(value.name, self.verb.named) or f": {self.verb.form}"
            self.diagnose(value, f"{value.name}= has no place here{cure}")

    @property
    def _reserved(self) -> set[str]:
        """What no field can be called, since it is written otherwise."""
        return {
            NEGATION,
            *self.verb.introduced,
            *(parameter.name for parameter in self.verb.introduced.values()),
        }

    def _name(self, parameter: Parameter, value: Value) -> None:
        if self._has(parameter) and not parameter.repeated:
            self.diagnose(value, f"{parameter.keyword or parameter.name} is said twice")
        self.named.append(VerbArgument(parameter, value))

    def _has(self, parameter: Parameter) -> bool:
        return any(argument.parameter is parameter for argument in self.named)

    def _complete(self) -> None:
        """What the verb cannot do without."""
        last = self.step.values[-1]
        needed = list(self.verb.values[len(self.placed) :])
        if self.verb.rest is not None and len(self.placed) == len(self.verb.values):
            needed.append(self.verb.rest)
        needed += [p for p in (*self.verb.introduced.values(), *self.verb.named.values()) if not self._has(p)]
        missing = [f"{p.keyword} {p.form}".strip() for p in needed if p.required]
        if missing:
            self.diagnose(last, f"{' and '.join(missing)} is missing: {self.verb.form}")
