"""How a row of the journal is serialised: its class is its schema, and one set of rules writes and reads every class.

Rules:
1. The attributes of a row class are its serialised fields, under the same names and in the same order. `Money` makes two fields,
   `amount` in minor units and `currency`; an enum is written as its value, a time as ISO 8601 with a space and whole seconds.
2. An attribute with a default is optional: a row whose attribute has its default leaves the field out. The others always stand.
3. An attribute `kind` is the kind of the row and no field; only a class that serves several kinds has one.
4. Reading is strict: a missing field, a field that the class does not have and a value of another type are errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import MISSING, dataclass
from datetime import datetime
from enum import Enum
from functools import cached_property
from itertools import compress
from operator import attrgetter, ne
from typing import Any, ClassVar, Self, get_args, get_type_hints

from msgspec import NODEFAULT, Struct, structs

from terminal_sim.core.money import Money

Field = str | int


class RowError(ValueError):
    """A flat row does not fit the schema of its kind; the text names the kind and the field."""


class FlatRow(Struct, frozen=True):
    """A row as the journal stores it: the name of its kind, and flat fields."""

    kind: str
    fields: Mapping[str, Field]


class JournalRow:
    """The base of all row classes. The first sentence of a subclass's docstring is the meaning of its kind.

    `KINDS` has the serialised names of the kinds that the class serves.
    """

    __slots__ = ()
    KINDS: ClassVar[tuple[str, ...]]

    def flat(self) -> FlatRow:
        """The row as the journal stores it."""
        schema = schema_of(type(self))
        return FlatRow(schema.kind_of(self), schema.write(self))

    @classmethod
    def of(cls, row: FlatRow) -> Self:
        """The row that `flat` made `row` of. Raises `RowError`."""
        return cls(**schema_of(cls).read(row))


class NumberedRow(JournalRow):
    """The base of rows whose message takes a trace number (ISO 8583 DE 11): the first row of a `reference` takes `stan`."""

    __slots__ = ()
    reference: str
    stan: int


class Column(Struct, frozen=True):
    """A serialised field: `holds` is `str` or `int`, `left_out_as` the value for which an optional field is left out, `path` the
    attribute of the row that it is made of, in the words of `attrgetter`, and `is_time` says that this is a time.
    """

    name: str
    holds: type
    left_out_as: object
    path: str
    is_time: bool = False

    @property
    def optional(self) -> bool:
        return self.left_out_as is not MISSING


class Attribute(Struct, frozen=True):
    """An attribute of a row class: the columns that it is written to, and how it is made of their values."""

    name: str
    columns: tuple[Column, ...]
    made_of: Callable[..., Any]


@dataclass(frozen=True)
class Schema:
    """The schema of a row class. `kind` is the attribute that says the row's kind, None where the class serves one kind."""

    row: type[JournalRow]
    kind: Attribute | None
    attributes: tuple[Attribute, ...]
    columns: tuple[Column, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names of the serialised fields, in the order in which a row is written."""
        return tuple(column.name for column in self.columns)

    def kind_of(self, row: JournalRow) -> str:
        return self.row.KINDS[0] if self._kind is None else str(self._kind(row))

    def write(self, row: JournalRow) -> dict[str, Field]:
        """The fields of a row by name."""
        values = self._values(row)
        stands = map(ne, values, self._left_out_as)
        written = dict(compress(zip(self.names, values, strict=True), stands))
        for name in self._times:
            written[name] = written[name].isoformat(sep=" ", timespec="seconds")
        return written

    def read(self, row: FlatRow) -> dict[str, Any]:
        """The attributes of a flat row by name. Raises `RowError`."""
        if row.kind not in self.row.KINDS:
            raise RowError(f"{self.row.__name__} does not serve the kind {row.kind!r}")
        fields = row.fields
        types = {name: type(value) for name, value in fields.items()}
        if not (types.items() <= self._types and self._required <= types.keys()):
            self._check(row)
        found = {} if self.kind is None else {self.kind.name: self.kind.made_of(row.kind)}
        found.update({name: value for name, value in fields.items() if name in self._as_they_are})
        for one in self._made:
            if one.columns[0].name in fields:
                try:
                    found[one.name] = one.made_of(*[fields[column.name] for column in one.columns])
                except ValueError as error:
                    raise RowError(f"{row.kind}: {one.name}: {error}") from None
        return found

    @cached_property
    def _kind(self) -> Callable[[JournalRow], Any] | None:
        return None if self.kind is None else attrgetter(self.kind.columns[0].path)

    @cached_property
    def _left_out_as(self) -> tuple[object, ...]:
        return tuple(column.left_out_as for column in self.columns)

    @cached_property
    def _values(self) -> Callable[[JournalRow], tuple[Any, ...]]:
        """What the columns are made of, all of a row at once."""
        paths = [column.path for column in self.columns]
        if len(paths) == 1:
            alone = attrgetter(*paths)
            return lambda row: (alone(row),)
        return attrgetter(*paths) if paths else lambda _: ()

    @cached_property
    def _times(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.is_time)

    @cached_property
    def _types(self) -> Set[tuple[str, type]]:
        return {column.name: column.holds for column in self.columns}.items()

    @cached_property
    def _required(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns if not column.optional)

    @cached_property
    def _as_they_are(self) -> frozenset[str]:
        """The attributes that are the text or number of their column."""
        return frozenset(one.name for one in self.attributes if one.made_of in (str, int))

    @cached_property
    def _made(self) -> tuple[Attribute, ...]:
        """All others, which are made of what their columns hold."""
        return tuple(one for one in self.attributes if one.name not in self._as_they_are)

    def _check(self, row: FlatRow) -> None:
        known = 0
        for column in self.columns:
            value = row.fields.get(column.name)
            if value is None:
                if not column.optional:
                    raise RowError(f"{row.kind}: the field {column.name!r} is missing")
            elif type(value) is not column.holds:
                raise RowError(
                    f"{row.kind}: the field {column.name!r} is not of type {column.holds.__name__}"
                )
            else:
                known += 1
        if known < len(row.fields):
            unknown = ", ".join(sorted(row.fields.keys() - set(self.names)))
            raise RowError(f"{row.kind}: the schema has no field {unknown}")


_SCHEMAS: dict[
    type, Schema
] = {}  # those that were asked for: a schema is made once, of the hints of its class


def schema_of(row: type[JournalRow]) -> Schema:
    """The schema of a row class, which is a frozen struct."""
    known = _SCHEMAS.get(row)
    return _SCHEMAS.setdefault(row, _schema(row)) if known is None else known


def _schema(row: type[JournalRow]) -> Schema:
    hints = get_type_hints(row)
    every = {name: _attribute(name, hints[name], default) for name, default in _attributes(row)}
    kind = every.pop("kind", None)
    columns = tuple(column for attribute in every.values() for column in attribute.columns)
    return Schema(row, kind, tuple(every.values()), columns)


def _attributes(row: type[JournalRow]) -> Iterator[tuple[str, object]]:
    """The attributes of a row class and their defaults, `MISSING` where there is none."""
    if issubclass(row, Struct):
        for one in structs.fields(row):
            yield one.name, MISSING if one.default is NODEFAULT else one.default


def _attribute(name: str, hint: Any, default: Any) -> Attribute:
    (held,) = [each for each in get_args(hint) or (hint,) if each is not type(None)]
    if held is Money:
        minor = Column("amount", int, MISSING, f"{name}.minor")
        currency = Column("currency", str, MISSING, f"{name}.currency")
        return Attribute(name, (minor, currency), Money)
    if held is datetime:
        return Attribute(name, (Column(name, str, MISSING, name, is_time=True),), datetime.fromisoformat)
    if issubclass(held, Enum):
        left_out_as = default.value if isinstance(default, Enum) else MISSING
        return Attribute(name, (Column(name, str, left_out_as, f"{name}._value_"),), held)
    return Attribute(name, (Column(name, held, default, name),), held)
