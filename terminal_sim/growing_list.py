"""A list that only grows, and whose copies share their beginning: what a snapshot keeps of a long past costs next to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Generic, TypeVar, overload

T = TypeVar("T")


class GrowingList(Sequence[T], Generic[T]):
    """A copy is made in constant time. The items are copied when a list grows whose beginning another one has gone on from."""

    __slots__ = ("_items", "_length")

    def __init__(self, items: Iterable[T] = ()) -> None:
        self._items = list(items)
        self._length = len(self._items)

    @classmethod
    def of(cls, items: Iterable[T]) -> GrowingList[T]:
        """A list of these items, which shares them where they are such a list."""
        return items.copy() if isinstance(items, GrowingList) else cls(items)

    def append(self, item: T) -> None:
        if len(self._items) > self._length:
            self._items = self._items[: self._length]
        self._items.append(item)
        self._length += 1

    def copy(self) -> GrowingList[T]:
        """The same list: it shares the items, and neither of the two sees how the other one grows."""
        other: GrowingList[T] = GrowingList.__new__(GrowingList)
        other._items, other._length = self._items, self._length
        return other

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[T]:
        items = self._items
        return (items[at] for at in range(self._length))

    @overload
    def __getitem__(self, at: int) -> T: ...
    @overload
    def __getitem__(self, at: slice) -> list[T]: ...
    def __getitem__(self, at: int | slice) -> T | list[T]:
        if isinstance(at, slice):
            return [self._items[place] for place in range(*at.indices(self._length))]
        if not -self._length <= at < self._length:
            raise IndexError(at)
        return self._items[at % self._length]

    def __eq__(self, other: object) -> bool:
        """Whether the other list has the same items, of whatever kind it is."""
        return list(self) == list(other) if isinstance(other, list | GrowingList) else NotImplemented

    def __repr__(self) -> str:
        return f"{type(self).__name__}({list(self)!r})"
