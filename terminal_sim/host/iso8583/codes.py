"""The codes of a dialect, each table both ways: message types, entry modes, functions, responses, address checks."""

from __future__ import annotations

from terminal_sim.core.message import Condition, EntryMode, HostRequest, MessageClass
from terminal_sim.host.dialect import MessageError
from terminal_sim.host.iso8583 import elements as el
from terminal_sim.host.iso8583.layout import CONDITION_HERE, MANAGEMENT, DialectLayout
from terminal_sim.host.management import ManagementFunction

_Entry = tuple[EntryMode, bool]
_ACCEPTED = "00"


class DialectCodes:
    """See the module. What a table does not have raises `MessageError`."""

    def __init__(self, layout: DialectLayout) -> None:
        types = layout.message_types
        self._requests = {
            (each, repeat): _repeated(types[each.value]) if repeat else types[each.value]
            for each in MessageClass
            for repeat in (False, True)
        }
        self.classes = {kind: found for found, kind in self._requests.items()}
        """The class of a request's message type, and whether it is a repeat."""
        self._replies = {each: answering(types[each.value]) for each in MessageClass}
        self.replies = {kind: each for each, kind in self._replies.items()}
        """The class of a reply's message type."""
        self.management = types[MANAGEMENT]
        self.management_reply = answering(self.management)
        self.functions = {each: layout.functions.get(each.value, "") for each in MessageClass}
        self.management_functions = {each: layout.functions[each.value] for each in ManagementFunction}
        self.managed = {code: each for each, code in self.management_functions.items()}
        self.conditions = {
            Condition.NORMAL: layout.conditions.normal,
            Condition.MAIL_OR_TELEPHONE: layout.conditions.mail_or_telephone,
        }
        self.condition_of = {code: condition for condition, code in self.conditions.items()}
        self.condition_in_entry_mode = not layout.has(el.CONDITION)
        modes = layout.entry_modes
        self._entries: dict[tuple[EntryMode, bool], str] = {
            (EntryMode.CHIP, False): modes.chip,
            (EntryMode.CONTACTLESS, False): modes.contactless,
            (EntryMode.STRIPE, False): modes.stripe,
            (EntryMode.STRIPE, True): modes.stripe_for_chip,
            (EntryMode.KEYED, False): modes.keyed,
        }
        self._contactless_stripe = modes.contactless_stripe
        read = {mode: entry for entry, mode in self._entries.items()}
        read[self._contactless_stripe] = EntryMode.CONTACTLESS, False
        self._read_entries: dict[str, tuple[_Entry, Condition | None]] = {
            _in(mode, self.conditions[condition] if condition else ""): (entry, condition)
            for mode, entry in read.items()
            for condition in (Condition if self.condition_in_entry_mode else (None,))
        }
        self._responses = layout.responses
        self._written: dict[str, str] = {}
        for code, response in layout.responses.items():
            self._written.setdefault(response, code)
        self._accepted = {each: layout.accepted.get(each, "") for each in layout.message_types}
        self.address_checks = layout.address_checks
        self.address_check_of = {letter: word for word, letter in layout.address_checks.items()}

    def request_type(self, message_class: MessageClass, *, repeat: bool = False) -> str:
        """The message type of a request."""
        return self._requests[message_class, repeat]

    def reply_type(self, message_class: MessageClass) -> str:
        """The message type of the reply to a request and to its repeat."""
        return self._replies[message_class]

    def entry_mode(self, request: HostRequest, condition: Condition) -> str:
        """How the card's data came in; a track that a card has made in its field, without data of a chip, has a code of its own."""
        if request.entry is EntryMode.CONTACTLESS and request.track2 is not None and not request.icc_data:
            mode = self._contactless_stripe
        else:
            found = None if request.entry is None else self._entries.get((request.entry, request.fallback))
            if found is None:
                by = "nothing" if request.entry is None else request.entry.value
                raise MessageError(f"entry mode: an entry by {by} is no fallback")
            mode = found
        return _in(mode, self.conditions[condition]) if self.condition_in_entry_mode else mode

    def entry_of(self, mode: str, what: str) -> tuple[_Entry, Condition | None]:
        """The way of entry and whether it is a fallback; and the condition, where the dialect says it here."""
        try:
            return self._read_entries[mode]
        except KeyError:
            raise MessageError(f"{what} has none of its values") from None

    def response(self, code: str, message_class: str) -> str:
        """A response code as the dialect writes it in a reply of this class."""
        if code == _ACCEPTED and self._accepted[message_class]:
            return self._accepted[message_class]
        if not self._responses:
            return code
        try:
            return self._written[code]
        except KeyError:
            raise MessageError(f"the dialect has no code for the response {code}") from None

    def response_of(self, code: str, message_class: str, what: str) -> str:
        """The response code that a code of a reply of this class stands for."""
        if code == self._accepted[message_class] and code:
            return _ACCEPTED
        if not self._responses:
            return code
        try:
            return self._responses[code]
        except KeyError:
            raise MessageError(f"{what} has none of its values") from None


def answering(request_type: str) -> str:
    """The type of a reply: the third digit is one above the request's (ISO 8583:1993, 4.2)."""
    return f"{request_type[:2]}{int(request_type[2]) + 1}{request_type[3]}"


def _repeated(request_type: str) -> str:
    return f"{request_type[:3]}{int(request_type[3]) + 1}"


def _in(mode: str, condition: str) -> str:
    return mode.replace(CONDITION_HERE, condition)
