"""Where each key of a TOML file stands, for error messages: tomllib returns values and no positions."""

from __future__ import annotations

import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tree_sitter import Node

KeyPath = tuple[str | int, ...]
Place = tuple[int, int]


@cache
def places(text: str) -> dict[KeyPath, tuple[Place, Place]]:
    """Line and column, from 1 and in characters, of each key and of its value; the empty path is the document."""
    import tree_sitter_toml  # only a file with a fault needs positions
    from tree_sitter import Language, Parser

    data = text.encode()
    walk = _Walk(data)
    walk.document(Parser(Language(tree_sitter_toml.language())).parse(data).root_node)
    return walk.places


class _Walk:
    """`rows` are the arrays of tables, `[[...]]`, and how many rows each has so far."""

    def __init__(self, text: bytes) -> None:
        self.lines = text.split(b"\n")
        self.places: dict[KeyPath, tuple[Place, Place]] = {(): ((1, 1), (1, 1))}
        self.rows: dict[KeyPath, int] = {}

    def document(self, root: Node) -> None:
        self._pairs((), root)
        for table in root.named_children:
            if table.type in ("table", "table_array_element"):
                self._table(table)

    def _table(self, table: Node) -> None:
        names, here = _keys(table.named_children[0]), self._place(table)
        if table.type == "table_array_element":
            array = (*self._inside((), names[:-1], here, here), names[-1])
            self.places.setdefault(array, (here, here))
            self.rows[array] = self.rows.get(array, 0) + 1
        path = self._inside((), names, here, here)
        self.places[path] = (here, here)
        self._pairs(path, table)

    def _pairs(self, prefix: KeyPath, node: Node) -> None:
        for pair in node.named_children:
            if pair.type == "pair":
                name, content = pair.named_children[0], pair.named_children[-1]
                path = self._inside(prefix, _keys(name), self._place(name), self._place(content))
                self._value(path, content)

    def _value(self, path: KeyPath, node: Node) -> None:
        if node.type == "inline_table":
            self._pairs(path, node)
        elif node.type == "array":
            items = [child for child in node.named_children if child.type != "comment"]
            for index, item in enumerate(items):
                here = self._place(item)
                self.places[(*path, index)] = (here, here)
                self._value((*path, index), item)

    def _inside(self, prefix: KeyPath, names: list[str], key: Place, value: Place) -> KeyPath:
        """The path of a dotted key below `prefix`; a name of an array of tables means its last row."""
        for name in names:
            prefix = (*prefix, name)
            self.places.setdefault(prefix, (key, value))
            if prefix in self.rows:
                prefix = (*prefix, self.rows[prefix] - 1)
        return prefix

    def _place(self, node: Node) -> Place:
        row, column = node.start_point
        return row + 1, len(self.lines[row][:column].decode()) + 1


def _keys(node: Node) -> list[str]:
    """The parts of a bare, quoted or dotted key, as the TOML parser itself reads them."""
    nested: Any = tomllib.loads(f"{(node.text or b'').decode()} = 0")
    found = []
    while isinstance(nested, dict):
        ((key, nested),) = nested.items()
        found.append(key)
    return found
