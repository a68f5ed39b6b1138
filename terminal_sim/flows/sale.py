"""A payment with a card: amount, card by tap, swipe or insert, the acquirer, receipt."""

from __future__ import annotations

from terminal_sim.core.events import Trigger
from terminal_sim.core.flow import DONE, STAY, Flow, Move, State
from terminal_sim.core.message import MessageKind
from terminal_sim.flows.card_payment import CardPaymentFlow
from terminal_sim.flows.payment import AUTHORISING, ENDING_MOVES, ENDINGS


class SaleFlow(CardPaymentFlow):
    """A purchase."""

    __slots__ = ()
    kind = MessageKind.SALE


AMOUNT = State("amount", "amount_screen", timeout="entry")
_WITH_CARD = ("reading", "pin", "application")
_BEFORE_REQUEST = ("present", *_WITH_CARD)
PRESENTED_STATES = (
    State("present", "present", timeout="card", enter="open_reader", free=True),
    State("reading", "processing", timeout="card"),
    State("pin", "enter_pin", timeout="pin"),
    State("application", "choose", timeout="card"),
    AUTHORISING,
    State("completing", "processing", timeout="card"),
    *ENDINGS,
)
CARD_STATES = (AMOUNT, *PRESENTED_STATES)
AMOUNT_MOVES = (
    Move(Trigger.DIGIT, "amount", STAY, guard="has_room", action="add"),
    Move(Trigger.CLEAR, "amount", STAY, guard="has_input", action="rub_out"),
    Move(Trigger.CONFIRM, "amount", "present", guard="amount_is_good", action="take_amount"),
    Move(Trigger.CONFIRM, "amount", STAY, action="complain_of_amount"),
    Move(Trigger.CANCEL, "amount", DONE, action="go_home"),
    Move(Trigger.TIMEOUT, "amount", "failed", action="run_out_of_time"),
)
PRESENTED_MOVES = (
    Move(Trigger.CARD_INSERTED, "present", "reading", guard="takes_chips", action="start_chip"),
    Move(Trigger.CARD_TAPPED, "present", "present", guard="tap_not_offline", action="refuse_tap"),
    Move(Trigger.CARD_TAPPED, "present", "reading", action="start_contactless"),
    Move(Trigger.CARD_SWIPED, "present", "present", guard="stripe_asks_for_chip", action="insert_instead"),
    Move(Trigger.CARD_SWIPED, "present", "present", guard="stripe_not_offline", action="refuse_stripe"),
    Move(Trigger.CARD_SWIPED, "present", "approved", guard="stripe_is_deferred", action="defer_stripe"),
    Move(Trigger.CARD_SWIPED, "present", "authorising", guard="stripe_is_good", action="send_stripe"),
    Move(Trigger.CARD_SWIPED, "present", "present", action="bad_stripe"),
    Move(Trigger.CARD_REMOVED, "present", STAY),
    Move(Trigger.CANCEL, _BEFORE_REQUEST, "failed", action="cancel_payment"),
    Move(Trigger.TIMEOUT, _BEFORE_REQUEST, "failed", action="run_out_of_time"),
    Move(Trigger.CARD_REMOVED, _WITH_CARD, "failed", action="card_gone"),
    Move(Trigger.READER_LOST, (*_BEFORE_REQUEST, "completing"), "failed", action="reader_gone"),
    Move(Trigger.READER_LOST, "authorising", "failed", guard="chip_waits", action="reader_gone"),
    Move(Trigger.KERNEL_PROMPT, "reading", "failed", guard="chip_not_offline", action="refuse_chip"),
    Move(Trigger.KERNEL_PROMPT, "reading", "approved", guard="chip_is_deferred", action="defer_chip"),
    Move(Trigger.KERNEL_PROMPT, "reading", "authorising", guard="asks_online", action="send_chip"),
    Move(Trigger.KERNEL_PROMPT, "reading", "pin", guard="asks_for_pin", action="ask_pin"),
    Move(
        Trigger.KERNEL_PROMPT,
        "reading",
        "application",
        guard="asks_for_application",
        action="ask_application",
    ),
    Move(Trigger.KERNEL_OUTCOME, "reading", "present", guard="wants_chip", action="insert_instead"),
    Move(Trigger.KERNEL_OUTCOME, "reading", "present", guard="wants_stripe", action="swipe_instead"),
    Move(Trigger.KERNEL_OUTCOME, "reading", "failed", action="refused_by_card"),
    Move(Trigger.DIGIT, "pin", STAY, guard="pin_fits", action="add"),
    Move(Trigger.CLEAR, "pin", STAY, guard="has_input", action="rub_out"),
    Move(Trigger.CONFIRM, "pin", "reading", guard="pin_is_long_enough", action="answer_pin"),
    Move(Trigger.SELECT, "application", "reading", action="answer_application"),
    Move(Trigger.HOST_REPLY, "authorising", "completing", guard="kernel_waits", action="tell_card"),
    Move(Trigger.HOST_REPLY, "authorising", "approved", guard="host_approves", action="complete"),
    Move(Trigger.HOST_REPLY, "authorising", "failed", action="decline"),
    Move(
        Trigger.HOST_UNREACHABLE,
        "authorising",
        "completing",
        guard="kernel_waits",
        action="tell_card_of_no_host",
    ),
    Move(Trigger.HOST_UNREACHABLE, "authorising", "failed", action="give_up"),
    Move(Trigger.TIMEOUT, "authorising", "failed", action="reverse_unanswered"),
    Move(Trigger.CARD_REMOVED, "authorising", "failed", guard="chip_waits", action="card_gone_in_doubt"),
    Move(Trigger.KERNEL_OUTCOME, "completing", "failed", guard="never_delivered", action="give_up"),
    Move(Trigger.KERNEL_OUTCOME, "completing", "failed", guard="card_overrules", action="reverse_refused"),
    Move(Trigger.KERNEL_OUTCOME, "completing", "approved", guard="card_agrees", action="complete_chip"),
    Move(Trigger.KERNEL_OUTCOME, "completing", "failed", action="decline_chip"),
    Move(Trigger.CARD_REMOVED, "completing", "failed", action="card_gone_in_doubt"),
    Move(Trigger.TIMEOUT, "completing", "failed", action="no_verdict"),
    *ENDING_MOVES,
)
CARD_MOVES = (*AMOUNT_MOVES, *PRESENTED_MOVES)

SALE = Flow("sale", SaleFlow, "amount", CARD_STATES, CARD_MOVES)
