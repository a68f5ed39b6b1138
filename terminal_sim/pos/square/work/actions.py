"""How a device carries out actions: a question, a paper, a code on its screen, or nothing that anybody sees."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from msgspec.structs import replace

from terminal_sim.core.device_request import (
    Confirmation,
    DisplayRequest,
    Given,
    InputRequest,
    MenuChoice,
    PrintRequest,
    Question,
    ReceiptCopy,
    TypedAnswer,
    Typing,
)
from terminal_sim.core.events import DisplayRequested, Event, InputRequested, PrintRequested
from terminal_sim.core.payment_request import InputGiven, RequestAnswer, RequestEnded, RequestTaken
from terminal_sim.core.receipt import Copy
from terminal_sim.core.text import say
from terminal_sim.pos.square.objects.actions import (
    ActionType,
    CollectedData,
    CollectedType,
    ConfirmationDecision,
    ConfirmationOptions,
    DataCollectionOptions,
    DeviceMetadata,
    QrCodeOptions,
    ReceiptOptions,
    SelectOptions,
    TerminalAction,
)
from terminal_sim.pos.square.objects.base import ObjectKind
from terminal_sim.pos.square.objects.durations import microseconds
from terminal_sim.pos.square.objects.values import RequestStatus
from terminal_sim.pos.square.service.service import LOCATION, MERCHANT, ObjectChange, SquareService
from terminal_sim.pos.square.work.task import DeviceTask

T = TypeVar("T")
_SHORTEST_NUMBER, _LONGEST_NUMBER = 7, 15  # of a telephone (ITU-T E.164)
_LONGEST_ADDRESS = 254  # of mail (RFC 5321)
_DONE = ("copy-printed", "pos-shown")  # the words with which a terminal ends a paper and a text


class ActionForm(NamedTuple):
    """The member of an action that has the options of its type, and what asks a terminal for it; None where nobody has to be asked."""

    options: str
    event: Callable[[SquareService, TerminalAction, str], Event] | None


def _question(action: TerminalAction, request: str, title: str, body: str, question: Question) -> Event:
    within = microseconds(action.deadline_duration)
    return InputRequested(
        InputRequest(id=request, title=title, lines=(body,), question=question, within=within)
    )


def _confirmation(_: SquareService, action: TerminalAction, request: str) -> Event:
    options = _options(action, ConfirmationOptions)
    no = options.disagree_button_text or say("no")
    asks = Confirmation(yes=options.agree_button_text, no=no)
    return _question(action, request, options.title, options.body, asks)


def _data_collection(_: SquareService, action: TerminalAction, request: str) -> Event:
    options = _options(action, DataCollectionOptions)
    asks = (
        TypedAnswer(typing=Typing.DIGITS, shortest=_SHORTEST_NUMBER, longest=_LONGEST_NUMBER)
        if options.input_type is CollectedType.PHONE_NUMBER
        else TypedAnswer(typing=Typing.TEXT, shortest=1, longest=_LONGEST_ADDRESS)
    )
    return _question(action, request, options.title, options.body, asks)


def _select(_: SquareService, action: TerminalAction, request: str) -> Event:
    options = _options(action, SelectOptions)
    asks = MenuChoice(entries=tuple(option.title for option in options.options))
    return _question(action, request, options.title, options.body, asks)


def _receipt(service: SquareService, action: TerminalAction, request: str) -> Event:
    payment = service.now(ObjectKind.PAYMENT, _options(action, ReceiptOptions).payment_id)
    return PrintRequested(PrintRequest(id=request, paper=ReceiptCopy(payment.reference, Copy.CUSTOMER)))


def _qr_code(_: SquareService, action: TerminalAction, request: str) -> Event:
    options = _options(action, QrCodeOptions)
    return DisplayRequested(
        DisplayRequest(
            id=request,
            title=options.title,
            lines=(options.body,),
            code=options.barcode_contents,
            shown_for=microseconds(action.deadline_duration),
        )
    )


FORMS: Mapping[ActionType, ActionForm] = {
    ActionType.PING: ActionForm("", None),
    ActionType.CONFIRMATION: ActionForm("confirmation_options", _confirmation),
    ActionType.DATA_COLLECTION: ActionForm("data_collection_options", _data_collection),
    ActionType.SELECT: ActionForm("select_options", _select),
    ActionType.RECEIPT: ActionForm("receipt_options", _receipt),
    ActionType.QR_CODE: ActionForm("qr_code_options", _qr_code),
}
"""The types that devices carry out here."""


class ActionWork:
    """See the module."""

    def event(self, task: DeviceTask, request: str) -> Event | None:
        event = FORMS[task.stored.value.type].event
        return None if event is None else event(task.service, task.stored.value, request)

    def ended(self, task: DeviceTask, answer: RequestAnswer) -> Sequence[ObjectChange] | None:
        match answer:
            case InputGiven(given):
                told = _with_answer(task.stored.value, given)
            case RequestEnded(notice) if notice.id in _DONE:
                told = task.stored.value
            case RequestTaken():
                told = replace(task.stored.value, device_metadata=_metadata(task))
            case _:
                return None
        over = replace(told, status=RequestStatus.COMPLETED, updated_at=task.service.stamp)
        return (ObjectChange(kind=task.stored.kind, id=task.stored.id, value=over),)


def _metadata(task: DeviceTask) -> DeviceMetadata:
    """What the device tells of itself, as far as it is known."""
    facts = task.device.facts
    known = DeviceMetadata(serial_number=task.device.id, location_id=LOCATION, merchant_id=MERCHANT)
    if facts is None:
        return known
    return replace(
        known,
        battery_percentage=None if facts.battery is None else str(facts.battery),
        network_connection_type=facts.link.upper() or None,
        payment_region=task.service.world.shop.country,
        app_version=facts.version,
    )


def _with_answer(action: TerminalAction, given: Given) -> TerminalAction:
    """The action with what the buyer has answered."""
    if action.confirmation_options is not None and isinstance(given, bool):
        decision = ConfirmationDecision(has_agreed=given)
        return replace(action, confirmation_options=replace(action.confirmation_options, decision=decision))
    if action.data_collection_options is not None and isinstance(given, str):
        typed = CollectedData(input_text=given)
        return replace(
            action, data_collection_options=replace(action.data_collection_options, collected_data=typed)
        )
    if action.select_options is not None and isinstance(given, tuple) and given:
        chosen = action.select_options.options[given[0]]
        return replace(action, select_options=replace(action.select_options, selected_option=chosen))
    return action


def _options(action: TerminalAction, shape: type[T]) -> T:
    """The options of the action's type, which were checked when it was made."""
    found = None if action.type is None else getattr(action, FORMS[action.type].options)
    if not isinstance(found, shape):
        raise TypeError(f"the action {action.id} has no {shape.__name__}")
    return found
