"""The data elements that messages have, by the names that dialect files give them: what each is called and what its form must hold.

Where an element stands, and how it is encoded, is the dialect's. What its value says is the same in all of them.

| element             | value                                                                                        |
|---------------------|----------------------------------------------------------------------------------------------|
| `card_number`       | 8 to 19 digits                                                                               |
| `processing_code`   | the kind's two digits and 0000; a reversal carries its original's                            |
| `amount`            | minor units; a reply repeats the amount asked for                                            |
| `transmission_time` | MMDDhhmmss, equal to the local time without its year                                         |
| `trace_number`      | 000001 to 999999                                                                             |
| `local_time`        | YYMMDDhhmmss of 2000 to 2099; hhmmss where the dialect has a `local_date`                    |
| `local_date`        | MMDD; the year is private data then                                                          |
| `expiry`            | YYMM                                                                                         |
| `entry_mode`        | a code of the dialect                                                                        |
| `card_sequence`     | 000 to 099                                                                                   |
| `function`          | a code of the dialect: what a message of its type is for                                     |
| `condition`         | a code of the dialect; without the element it stands in the entry mode                       |
| `reason`            | 4000, 4007, 4017, 4021 (ISO 8583:1993 DE 25)                                                 |
| `track_2`           | `=` of the value is `D` in packed digits                                                     |
| `host_reference`    | twelve letters or digits                                                                     |
| `authorization_code`| six letters or digits                                                                        |
| `response_code`     | a code of the dialect, or the response code itself                                           |
| `terminal`          | 1 to 8 characters, filled with spaces on the right                                           |
| `merchant`          | 1 to 15 characters, likewise                                                                 |
| `address_check`     | a letter of the dialect                                                                      |
| `private_data`      | tag, length and value of one, one and n bytes: see `fields.PrivateTag`                       |
| `currency`          | ISO 4217 number                                                                              |
| `pin_block`         | 8 bytes, enciphered; one of 16 is private data                                               |
| `partial_amount`    | the amount of a partial approval: account 00, type 10, currency, C, n12                      |
| `icc_data`          | BER-TLV, carried as it is                                                                    |
| `original`          | the original's message type and trace number, then zeros; its reference is private data      |
| `sales_count`, ...  | how many sales, voids and refunds a batch has, in a reconciliation alone                     |
| `sales_sum`, ...    | their sums in minor units                                                                    |
| `net`               | C where the merchant is owed, else D, and 16 digits                                          |
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from terminal_sim.host.iso8583.forms import WrittenForm

CARD_NUMBER: Final = "card_number"
PROCESSING_CODE: Final = "processing_code"
AMOUNT: Final = "amount"
TRANSMISSION_TIME: Final = "transmission_time"
TRACE_NUMBER: Final = "trace_number"
LOCAL_TIME: Final = "local_time"
LOCAL_DATE: Final = "local_date"
EXPIRY: Final = "expiry"
ENTRY_MODE: Final = "entry_mode"
CARD_SEQUENCE: Final = "card_sequence"
FUNCTION: Final = "function"
CONDITION: Final = "condition"
REASON: Final = "reason"
TRACK_2: Final = "track_2"
HOST_REFERENCE: Final = "host_reference"
AUTHORIZATION_CODE: Final = "authorization_code"
RESPONSE_CODE: Final = "response_code"
TERMINAL: Final = "terminal"
MERCHANT: Final = "merchant"
ADDRESS_CHECK: Final = "address_check"
PRIVATE_DATA: Final = "private_data"
CURRENCY: Final = "currency"
PIN_BLOCK: Final = "pin_block"
PARTIAL_AMOUNT: Final = "partial_amount"
ICC_DATA: Final = "icc_data"
ORIGINAL: Final = "original"
REFUNDS_COUNT: Final = "refunds_count"
SALES_COUNT: Final = "sales_count"
VOIDS_COUNT: Final = "voids_count"
REFUNDS_SUM: Final = "refunds_sum"
SALES_SUM: Final = "sales_sum"
VOIDS_SUM: Final = "voids_sum"
NET: Final = "net"

MESSAGE_TYPE: Final = "message_type"
BITMAP: Final = "bitmap"
SECOND_BITMAP: Final = "second_bitmap"
MAC: Final = "mac"


class ElementRule(NamedTuple):
    """`title` is for eyes. A form is of one of these `kinds`, and has room for `size` of them: exactly, unless it `varies` or is longer than that
    behind a length. 0: a table of the dialect says how many.
    """

    title: str
    kinds: tuple[str, ...]
    size: int
    varies: bool = False
    needed: bool = True

    def wrong(self, form: WrittenForm) -> str:
        """Why an element cannot have this form, with the cure; empty where it can."""
        wanted = " or ".join(self.kinds)
        if form.kind not in self.kinds:
            return f"of the kind {form.kind}; {wanted} is wanted"
        if self.varies and not form.varies:
            return f"of one length; its length varies: write {form.kind}..{max(self.size, form.size)}"
        if form.size < self.size or (self.size and form.size > self.size and not form.varies):
            return f"for {form.size}; {self.size} are wanted"
        return ""


_N, _TEXT, _CODE, _BYTES = ("n",), ("an", "ans"), ("n", "an", "ans"), ("b",)

ELEMENTS: Final[Mapping[str, ElementRule]] = {
    CARD_NUMBER: ElementRule("card number", _N, 19, varies=True),
    PROCESSING_CODE: ElementRule("processing code", _N, 6),
    AMOUNT: ElementRule("amount", _N, 12),
    TRANSMISSION_TIME: ElementRule("transmission date and time", _N, 10),
    TRACE_NUMBER: ElementRule("trace number", _N, 6),
    LOCAL_TIME: ElementRule("local date and time", _N, 0),
    LOCAL_DATE: ElementRule("local date", _N, 4, needed=False),
    EXPIRY: ElementRule("expiry", _N, 4),
    ENTRY_MODE: ElementRule("entry mode", _CODE, 0),
    CARD_SEQUENCE: ElementRule("card sequence number", _N, 3),
    FUNCTION: ElementRule("function", _N, 3),
    CONDITION: ElementRule("condition", _N, 2, needed=False),
    REASON: ElementRule("message reason", _N, 4),
    TRACK_2: ElementRule("track 2", ("z",), 37, varies=True),
    HOST_REFERENCE: ElementRule("host reference", _TEXT, 12),
    AUTHORIZATION_CODE: ElementRule("authorization code", _TEXT, 6),
    RESPONSE_CODE: ElementRule("response code", _CODE, 0),
    TERMINAL: ElementRule("terminal", _TEXT, 8),
    MERCHANT: ElementRule("merchant", _TEXT, 15),
    ADDRESS_CHECK: ElementRule("address check", _TEXT, 0),
    PRIVATE_DATA: ElementRule("private data", _BYTES, 255, varies=True),
    CURRENCY: ElementRule("currency", _N, 3),
    PIN_BLOCK: ElementRule("PIN block", _BYTES, 8),
    PARTIAL_AMOUNT: ElementRule("amount of a partial approval", ("ans",), 20),
    ICC_DATA: ElementRule("ICC data", _BYTES, 255, varies=True),
    ORIGINAL: ElementRule("original data elements", _N, 0),
    REFUNDS_COUNT: ElementRule("number of refunds", _N, 10),
    SALES_COUNT: ElementRule("number of sales", _N, 10),
    VOIDS_COUNT: ElementRule("number of voids", _N, 10),
    REFUNDS_SUM: ElementRule("sum of refunds", _N, 16),
    SALES_SUM: ElementRule("sum of sales", _N, 16),
    VOIDS_SUM: ElementRule("sum of voids", _N, 16),
    NET: ElementRule("net amount of the batch", _TEXT, 17),
}
"""All of them, in the order in which a dialect file has them best."""

TITLES: Final[Mapping[str, str]] = {
    MESSAGE_TYPE: "message type",
    BITMAP: "bitmap",
    SECOND_BITMAP: "secondary bitmap",
    MAC: "message authentication code",
    **{name: rule.title for name, rule in ELEMENTS.items()},
}
"""What a part of a message is called for eyes."""
