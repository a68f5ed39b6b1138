"""Reports in a language: the Payment transactions report, one of its rows in full, totals, and the point of sale's own report.

A table for people has amounts and moments as the locale writes them. CSV has heads and words in the language too, but amounts as
plain digits with a point and moments in ISO 8601, so that a spreadsheet reads them in every language. JSON has ids and minor units
and no language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

from terminal_sim.core.money import Money
from terminal_sim.core.payment import Payment
from terminal_sim.core.receipt import Copy, Pair, Receipt, receipt_of
from terminal_sim.core.rows.schema import Field
from terminal_sim.core.text import say
from terminal_sim.display.paper import receipt_text
from terminal_sim.display.texts import Texts
from terminal_sim.reports.batches import BatchLine
from terminal_sim.reports.detail import Detail, RecordedStep
from terminal_sim.reports.render import Report
from terminal_sim.reports.totals import Total
from terminal_sim.reports.transactions import ReportLine, decimal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = (
    "time",
    "terminal",
    "card",
    "type",
    "amount",
    "currency",
    "status",
    "reference",
    "host-reference",
    "auth-code",
    "ticket",
    "server",
    "register",
)
_RECEIPT_COLUMNS = 32
_BRANDS = {
    "Debit": "brand-debit",
    "Gift card": "brand-gift-card",
    "Unknown": "unknown",
}  # the brands that are words and no names


class _Recorded(Protocol):
    def record(self) -> dict[str, Field]: ...


class _Fields(dict[str, Field]):
    """A line that is its own record."""

    def record(self) -> dict[str, Field]:
        return dict(self)


_Line = TypeVar("_Line", bound=_Recorded)


class Wording:
    """Cells of a report in one locale: for people, or for a spreadsheet where `plain` is set."""

    def __init__(self, texts: Texts, locale: str, *, plain: bool = False) -> None:
        self._texts = texts
        self.locale = locale
        self._plain = plain

    def word(self, id: str) -> str:  # noqa: A002 - the contract calls it an id
        return self._texts.wording(f"report-{id}", self.locale)

    def notice(self, id: str) -> str:  # noqa: A002
        """The wording of a screen by its id, or the id where no screen has it."""
        return self._texts.wording(id, self.locale) if id in self._texts.ids else id

    def amount(self, minor: int, currency: str) -> str:
        if self._plain:
            return decimal(minor, currency)
        return self._texts.phrase(say("sum", amount=Money(minor, currency)), self.locale)

    def moment(self, civil: str) -> str:
        """A moment that is ISO 8601 with a space."""
        if self._plain or not civil:
            return civil
        at = datetime.fromisoformat(civil)
        parts = (say("date", at=at), say("time", at=at))
        return " ".join(self._texts.phrase(part, self.locale) for part in parts)

    def columns(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(self.word(name) for name in names)

    def receipt(self, receipt: Receipt) -> str:
        return receipt_text(receipt, self._texts, _RECEIPT_COLUMNS)


def transactions_report(lines: Iterable[ReportLine], wording: Wording) -> Report:
    """The Payment transactions report. Its rows and records are made as they are asked for, once."""
    cells: Mapping[str, Callable[[ReportLine], str]] = {
        "time": lambda line: wording.moment(line.time),
        "terminal": lambda line: line.terminal,
        "card": lambda line: f"{_brand(line, wording)} {line.last4}".rstrip(),
        "type": lambda line: wording.word(f"type-{line.type.lower()}"),
        "amount": lambda line: wording.amount(line.amount, line.currency),
        "currency": lambda line: line.currency,
        "status": lambda line: wording.word(f"status-{_id(line.status)}"),
        "reference": lambda line: line.reference,
        "host-reference": lambda line: line.host_reference,
        "auth-code": lambda line: line.auth_code,
        "ticket": lambda line: line.ticket,
        "server": lambda line: line.server,
        "register": lambda line: line.register,
    }
    return _report("title-transactions", _COLUMNS, cells, lines, wording, frozenset({"amount"}))


def totals_report(sums: Iterable[Total], by: str, wording: Wording) -> Report:
    """Totals by type, card or day."""

    def name(total: Total) -> str:
        if total.name == "Net":
            return wording.word("net")
        return {
            "type": lambda: wording.word(f"type-{total.name.lower()}"),
            "card": lambda: wording.word(_BRANDS[total.name]) if total.name in _BRANDS else total.name,
            "day": lambda: wording.moment(f"{total.name} 00:00:00").partition(" ")[0],
        }[by]()

    cells: Mapping[str, Callable[[Total], str]] = {
        by: name,
        "currency": lambda total: total.currency,
        "count": lambda total: str(total.count),
        "sum": lambda total: wording.amount(total.sum, total.currency),
    }
    return _report("title-totals", tuple(cells), cells, sums, wording, frozenset({"count", "sum"}))


def batches_report(lines: Iterable[BatchLine], wording: Wording) -> Report:
    """The batches that were closed, one a line."""

    def part(count: int, minor: int, currency: str) -> str:
        return f"{count} ({wording.amount(minor, currency)})"

    cells: Mapping[str, Callable[[BatchLine], str]] = {
        "time": lambda line: wording.moment(line.time),
        "terminal": lambda line: line.terminal,
        "batch": lambda line: str(line.batch),
        "status": lambda line: wording.word(f"batch-{line.outcome}"),
        "sales": lambda line: part(line.sales, line.sales_sum, line.currency),
        "voids": lambda line: part(line.voids, line.voids_sum, line.currency),
        "refunds": lambda line: part(line.refunds, line.refunds_sum, line.currency),
        "net": lambda line: wording.amount(line.net, line.currency),
        "currency": lambda line: line.currency,
    }
    right = frozenset({"batch", "sales", "voids", "refunds", "net"})
    return _report("title-batches", tuple(cells), cells, lines, wording, right)


def sales_report(records: Iterable[Mapping[str, Field]], wording: Wording) -> Report:
    """The point of sale's own report, of the records of its sales (`pos.model.report.SalesLine`)."""
    cells: Mapping[str, Callable[[_Fields], str]] = {
        "time": lambda line: wording.moment(str(line["time"])),
        "ticket": lambda line: str(line["ticket"]),
        "amount": _amount("amount", wording),
        "currency": lambda line: str(line["currency"]),
        "payment": lambda line: str(line["payment"]),
        "state": lambda line: wording.word(f"sale-{line['state']}"),
        "server": lambda line: str(line["server"]),
        "register": lambda line: str(line["register"]),
        "paid": _amount("paid", wording),
        "refunded": _amount("refunded", wording),
        "notice": lambda line: wording.notice(str(line["notice"])),
    }
    right = frozenset({"amount", "paid", "refunded"})
    return _report("title-sales", tuple(cells), cells, map(_Fields, records), wording, right)


def payment_types_report(records: Iterable[Mapping[str, Field]], wording: Wording) -> Report:
    """What was paid and given back with each payment type (`pos.model.report.PaymentTypeTotal`)."""
    cells: Mapping[str, Callable[[_Fields], str]] = {
        "code": lambda line: str(line["code"]),
        "name": lambda line: str(line["name"]),
        "accounting": lambda line: str(line["reference"]),
        "currency": lambda line: str(line["currency"]),
        "count": lambda line: str(line["count"]),
        "paid": _amount("paid", wording),
        "refunded": _amount("refunded", wording),
        "net": _amount("net", wording),
    }
    right = frozenset({"count", "paid", "refunded", "net"})
    return _report("title-payment-types", tuple(cells), cells, map(_Fields, records), wording, right)


def detail_text(detail: Detail, wording: Wording) -> str:
    """Everything that is known of one payment, for a person: facts, the way that it went, what refers to it, and its receipt."""
    line = detail.line
    origin = "standalone" if line.is_standalone else "till"
    pairs = [
        *((wording.word(name), cell) for name, cell in _facts(line, wording)),
        (wording.word("origin"), wording.word(f"origin-{origin}")),
        *((name, str(value)) for name, value in detail.facts),
    ]
    wide = max(len(label) for label, _ in pairs)
    parts = [f"{label:<{wide}}  {cell}".rstrip() for label, cell in pairs]
    parts += ["", wording.word("way")]
    parts += [_step(step, wording) for step in detail.steps]
    if detail.others:
        parts += ["", wording.word("others")]
        parts += [
            f"  {wording.word(f'type-{one.type.lower()}')}  {wording.amount(one.amount, one.currency)}"
            f"  {wording.word(f'status-{_id(one.status)}')}  {one.reference}"
            for one in detail.others
        ]
    return "\n".join([*parts, *_receipt(detail, wording)]) + "\n"


def _facts(line: ReportLine, wording: Wording) -> Iterator[tuple[str, str]]:
    report = transactions_report([line], wording)
    (cells,) = report.rows
    yield from ((name, cell) for name, cell in zip(_COLUMNS, cells, strict=True) if cell)


def _step(step: RecordedStep, wording: Wording) -> str:
    at = (_EPOCH + timedelta(microseconds=step.wall)).strftime("%Y-%m-%d %H:%M:%S")
    facts = " ".join(f"{name}={value}" for name, value in step.fields)
    return f"  {wording.moment(at)}  {step.kind}  {facts}"


def _receipt(detail: Detail, wording: Wording) -> Iterator[str]:
    """The merchant's receipt, without the header and the merchant's number, which the journal does not keep."""
    payment = detail.payment
    if not isinstance(payment, Payment):
        return  # a reversal has no receipt of its own
    printed = receipt_of(
        payment,
        Copy.MERCHANT,
        header=(),
        locale=wording.locale,
        terminal=detail.line.terminal,
        merchant="",
    )
    kept = tuple(line for line in printed.lines if not (isinstance(line, Pair) and line.value == ""))
    yield from ("", wording.word("receipt"), "")
    yield wording.receipt(Receipt(printed.copy, printed.locale, printed.reference, kept))


def _report(
    title: str,
    names: tuple[str, ...],
    cells: Mapping[str, Callable[[_Line], str]],
    lines: Iterable[_Line],
    wording: Wording,
    numeric: frozenset[str],
) -> Report:
    """A report that holds no line longer than it is written, where `lines` is no sequence: it is then asked for once."""

    def row(line: _Line) -> tuple[str, ...]:
        return tuple(cells[name](line) for name in names)

    heads = wording.columns(names)
    right = frozenset(wording.word(name) for name in numeric)
    if isinstance(lines, Sequence):
        return Report(
            wording.word(title), heads, tuple(map(row, lines)), tuple(one.record() for one in lines), right
        )
    return Report(wording.word(title), heads, map(row, lines), (one.record() for one in lines), right)


def _amount(name: str, wording: Wording) -> Callable[[_Fields], str]:
    return lambda line: wording.amount(int(line[name]), str(line["currency"]))


def _brand(line: ReportLine, wording: Wording) -> str:
    return wording.word(_BRANDS[line.brand]) if line.brand in _BRANDS else line.brand


def _id(words: str) -> str:
    return words.lower().replace(" ", "-")
