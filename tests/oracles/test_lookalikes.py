"""Histories that look as if they broke a rule, each since two things come together that seldom do, and that break none."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import pytest

from terminal_sim.explore.search.ground import Ground
from terminal_sim.oracles.catalogue import ORACLES
from tests.explore.planted.planting import KEEPING
from tests.oracles.histories import HISTORY, KEPT, PAID
from tests.oracles.test_histories import acts_of

UNANSWERED = "host answers timeout timeout timeout; tap id:start; press 1000 OK; insert visa-credit; wait 125s; press OK; remove card"


class Lookalike(NamedTuple):
    """What comes together, at which terminal, and the lines of the history with semicolons between."""

    what: str
    profile: str
    acts: str
    options: Mapping[str, str] = MappingProxyType({})
    locale: str = ""


SETTLE = "press 9 OK 0856 OK; tap id:settle; press OK"
TYPED = "press 1 OK; tap id:manual-entry; press 4111111111111111 OK 0330 OK 737 OK"
LOOKALIKES = (
    Lookalike("a copy of what is kept waits for paper, and comes out when it is forwarded", "s1f2", "service down; pos sale T-1 1000; swipe visa-stripe; wait 2s; press OK; paper out; tap id:transactions; tap id:history; tap id:txn-1; tap id:receipts; tap id:customer-receipt; tap id:print; service up; wait 2s; paper in", KEEPING),
    Lookalike("the first of a filtered list is voided while the void of a later one is under no filter", "square-terminal", "press 1 OK; tap-card visa-credit; wait 2d; press 1 OK; swipe visa-stripe; wait 2s; tap id:transactions; tap id:txn-1; tap id:void; wait 1d; tap id:transactions; tap id:filter; tap id:completed; tap id:txn-1; tap id:void; wait 2s"),
    Lookalike("the answer with a script for the chip is lost with the link, and a later one has none", "square-stand", "host sends unblock-pin; press 1 OK; tap-card visa-second-tap; network down; wait 1d; network up; pos sale T-1 1000; insert visa-credit; wait 1d"),
    Lookalike("the power goes as the time of the answer to an address is over", "v400m", "press 8 OK 0856 OK; tap id:moto; press 1 OK 5555440000000006 OK 0330 OK 737 OK OK OK; paper out; wait 2s; fault power-cut-after 8; wait 5s"),
    Lookalike("a reader finds the card in its slot again as its line is mended, before a payment that waits for one", "square-terminal", "fault wire unplug; pos sale T-1 1000; fault power-cut-after 2; insert visa-credit; power on; press 1 OK; fault wire-mend"),
    Lookalike("a reader that was unplugged finds the card in its slot again", "square-register", "pos sale T-1 1000; insert visa-credit; wait 1d; press 1 OK; tap-card phone-locked; fault wire unplug; wait 1min; fault wire-mend"),
    Lookalike("a copy waits for paper while the acquirer gives what the card approved its reference", "square-terminal", "press 1 OK; insert visa-online-pin; press CANCEL; tap id:home; press 1 OK; remove card; insert visa-offline; network slow 5s; press 1234 OK; wait 2s; paper out; tap id:transactions; tap id:txn-1; tap id:receipts; tap id:customer-receipt; tap id:print; wait 4s; paper in", {"kernel": "offline-capable"}),
    Lookalike("the report of an open batch comes out with new paper as it was when it stopped", "v400m", "paper out; press 9 OK 0856 OK; tap id:batch-report; tap id:print; wait 2s; paper in"),
    Lookalike("the till's void is answered while the next sale finds no answer", "s1f2", "pos sale T-1 1000; swipe visa-stripe; wait 2s; pos refund T-1; service down; wait 1d; pos sale T-2 1000; swipe visa-stripe; wait 4700ms; service up; wait 2d"),
    Lookalike("a terminal that booted without a connection is opened with one", "v400m", f"host answers {' '.join(['timeout'] * 8)}; pos sale T-1 1000; swipe visa-stripe; network down; power off; power on; network up; wait 1h; fault tamper; network down; wait 1d"),
    Lookalike("a card without a chip is swiped where the chip of another could not be read", "v400m", "tap id:start; press 1000 OK; insert mute; remove card; swipe visa-stripe; wait 2s"),
    Lookalike("a script goes out with an answer that stays out, and a chip pays later", "s1f2", f"host answers {' '.join(['timeout'] * 8)}; host sends unblock-pin; pos sale T-1 1000; tap-card visa-second-tap; wait 3min; tap id:payment; press 1 OK; tap-card visa-credit; wait 30min; tap id:payment; press 1 OK; insert visa-credit; wait 1d"),
    Lookalike("a key is held as the storage fails, and not long enough", "v400m", "pos sale T-1 1000; swipe visa-stripe; wait 1d; press 9 OK 0856 OK; tap id:settle; tap id:confirm; fault commit-unknown; hold CANCEL for 2999ms"),
    Lookalike("the card of the sale before is taken out while the PIN of another is typed", "square-terminal", "press 500 OK; insert visa-credit; wait 2s; tap id:home; press 9999999 OK; tap-card mastercard-pin; remove card; press 1234 OK; wait 2s"),
    Lookalike("one of two kept payments has left when the terminal is signed out", "square-register", f"{KEPT}; host answers timeout timeout; network up; wait 2s; network down; press 500 OK; insert visa-credit; press OK; remove card; tap id:more; tap id:sign-out; press CANCEL; tap id:sign-out; press OK", {"offline.allowed": "true"}),
    Lookalike("a terminal that keeps two payments is opened", "square-terminal", f"{KEPT}; press 500 OK; insert visa-credit; press OK; remove card; fault tamper", {"offline.allowed": "true"}),
    Lookalike("a second void is declined while the first one is still in doubt", "s1f2", f"pos sale T-1 1000; swipe visa-stripe; wait 2s; press OK; pos sale T-2 1250; swipe visa-stripe; wait 2s; press OK; host answers {' '.join(['timeout'] * 3)} declined:51; pos refund T-1; wait 125s; press OK; pos refund T-2; wait 10min"),
    Lookalike("a copy is wanted again without paper, and comes out when there is some", "s1f2", "pos sale T-1 1000; swipe visa-stripe; wait 2s; press OK; tap id:transactions; tap id:history; tap id:txn-1; tap id:receipts; tap id:merchant-receipt; paper out; tap id:print; paper in; tap id:print; press CANCEL CANCEL"),
    Lookalike("a field that is wrong is confirmed twice, and cleared of its complaint in between", "v400m", "press 8 OK 0856 OK; tap id:moto; press OK OK 1000 OK 42 OK CLEAR OK CLEAR OK 4970100000000014 OK 13 OK OK"),
    Lookalike("one digit of a shortcut is cleared, and of two digits both, one after the other", "v400m", "press 8 CLEAR 89 CLEAR CLEAR 9"),
    Lookalike("a till asks for a payment while a card that was refused before is still in the slot", "square-stand", "press 1 OK; insert visa-both-protocols; tap id:orders; pos sale T-1 1000"),
    Lookalike("a reader is lost while a result stands, and while a number is typed", "square-reader", f"press 1 OK; insert visa-credit; wait 2s; fault reader-link down; press OK; remove card; fault reader-link up; {TYPED.partition(' OK 0330')[0]}; fault reader-link down; wait 2s"),
    Lookalike("a card is read, which all lights say, and then declined", "square-reader", "press 1000 OK; tap-card visa-credit; wait 2s; press OK; host answers declined:51; press 1000 OK; tap-card visa-credit; wait 2s; press OK; press 500 OK; press CANCEL"),
    Lookalike("a result gives way to a till while the battery is below its critical charge", "square-terminal", "pos sale T-1 1000; tap-card visa-credit; wait 2s; battery 4%; pos sale T-2 1250; battery 5%; pos sale T-2 1250"),
    Lookalike("the receipt of a void that nobody has answered is printed again", "s1f2", "pos sale T-1 1000; swipe visa-stripe; wait 2s; pos refund T-1; network down; wait 1d; tap id:transactions; tap id:history; tap id:txn-1; tap id:receipts; tap id:merchant-receipt; tap id:print"),
    Lookalike("the receipt of a void that nobody has answered is printed again for the customer", "s1f2", "pos sale T-1 1000; swipe visa-stripe; wait 2s; pos refund T-1; network down; wait 1d; tap id:transactions; tap id:history; tap id:txn-1; tap id:receipts; tap id:customer-receipt; tap id:print"),
    Lookalike("a payment was declined since its receipt stopped for want of paper", "s1f2-offline", "paper out; network down; tap id:payment; press 1000 OK; insert visa-credit; wait 1s; host answers declined:55; network up; wait 2s; paper in", {"receipts.declined": "false"}),
    Lookalike("a payment is approved in part, and less than a dollar is left to pay", "v400m", "host answers partial:300; press OK 330 OK; insert visa-credit; wait 2s; remove card; press OK"),
    Lookalike("a payment that was approved in part is voided, and looked at", "square-terminal", "host answers partial:500; press 1000 OK; insert visa-credit; wait 2s; remove card; tap id:transactions; tap id:txn-1; tap id:void; wait 2s; press OK; tap id:transactions; tap id:txn-2"),
    Lookalike("a payment was approved in part since its receipt was offered", "v400m-offline", "host answers partial:500; press OK; network down; press 1000 OK; tap-card visa-credit; press OK; network up; wait 1s; press OK", {"receipts.merchant": "prompt", "receipts.customer": "prompt"}),
    Lookalike("an upload that was taken begins anew after a boot", "v400m", "pos sale T-1 1000; swipe visa-stripe; wait 2s; press OK; host answers declined:95; press 9 OK 0856 OK; tap id:settle; press OK; wait 300ms; fault disk-full; wait 2s; power on"),
    Lookalike("a payment of a till is refused for its limit behind a PIN", "v400m", "pos sale T-1 5001; service down; insert interac-visa-debit; tap id:application-1; press 1000 OK", {"offline.enabled": "true", "offline.allowed": "true", "offline.limit": "5000", "offline.limit_max": "5000"}),
    Lookalike("a void is answered behind the next payment, which the card declines", "s1f2", "tap id:payment; press 1 OK; insert visa-credit; wait 2s; press OK; remove card; tap id:transactions; tap id:history; tap id:txn-1; tap id:void; fault commit-answer-lost; service down; service up; power on; wait 300ms; tap id:payment; press 1 OK; insert visa-card-declines; wait 2d", {"offline.enabled": "true", "offline.allowed": "true"}),
    Lookalike("a void cannot leave, and the terminal stops before it says so", "square-register", "press 1 OK; insert visa-credit; wait 2s; network down; tap id:transactions; tap id:txn-1; tap id:void; wait 2s; fault commit-unknown; wait 3s"),
    Lookalike("a terminal stops while an answer arrives twice, and asks again", "v400m", "tap id:start; press 1 OK; insert visa-credit; fault host-duplicate; fault tamper; fault commit-unknown; wait 1d; power on; wait 2d"),
    Lookalike("a payment in French is reversed while a typed one is approved", "v400m", "tap id:start; press 1 OK; insert visa-credit-fr; remove card; press CANCEL 8 OK 0856 OK; tap id:moto; press 1 OK 4970100000000014 OK 0330 OK; wait 1d", {"moto.ask_cvc": "false"}),
    Lookalike("a gift card pays a part while a card payment before it is reversed", "square-stand", "host answers timeout; host answers garbage; press 1 OK; insert visa-credit; remove card; press CANCEL; host answers partial:300; press 1000 OK; tap id:gift-card; press 7783320001001635 OK; service down; service up; wait 2d"),
    Lookalike("a till asks for its payment while a mute card of another stands in the slot", "square-reader", "press 1 OK; insert mute; tap id:orders; pos sale T-1 1000"),
    Lookalike("payments without a link are allowed where none is kept at all", "square-reader", "network down; wait 1h; tap id:more; tap id:settings; tap id:checkout; tap id:offline-payments; tap id:allow; tap id:offline-limit", {"offline.enabled": "false"}),
    Lookalike("a countdown goes on while the green key is pressed without a PIN", "square-register", "service down; press 1 OK; insert cb-visa-fr; press 1000 OK; wait 1min; press! OK", {"offline.allowed": "true"}),
    Lookalike("a reversal falls due while a slow card is read", "square-register", "pos sale T-1 1000; insert visa-credit; remove card; press CANCEL 1 OK; insert visa-credit; remove card; host answers late:130s; tap id:confirm; press 1 OK; wait 1min; insert visa-slow; wait 1d"),
    Lookalike("an address was typed for what cannot leave, in the instant of a message of an older payment", "v400m", "host sends unblock-pin; pos sale T-1 1000; tap-card visa-second-tap; wait 2s; network down; tap-card visa-credit; tap id:confirm; press 8 OK 0856 OK; tap id:moto; press! 1 OK 4506440000000009 OK 0330 OK 1 OK OK", {"moto.ask_cvc": "false", "kernel": "offline-capable"}),
    Lookalike("a settlement that was refused twice over is taken at its third try", "s1f2", "pos sale T-1 1000; swipe visa-stripe; wait 2s; host answers declined:51; press OK; fault host-duplicate; tap id:admin; tap id:settle; press OK; network down; network up; wait 1d"),
    Lookalike("a payment is declined behind the form for its receipt", "square-terminal", "service down; press 1 OK; host answers declined:51; insert visa-credit; tap id:digital-receipt; service up; wait 2d", {"offline.allowed": "true"}),
    Lookalike("the same payment is voided again since its void was declined", "v400m", f"{PAID}; {HISTORY}; tap id:txn-1; host answers declined:51; tap id:void; wait 2s; press OK; {HISTORY}; tap id:txn-2; tap id:void; wait 2s"),
    Lookalike("a payment was declined while the number for its receipt was typed", "square-terminal", "network down; press 1000 OK; insert visa-credit; tap id:digital-receipt; press 514; host answers declined:51; network up; wait 2s; press 5551234 OK; wait 1h", {"offline.allowed": "true"}),
    Lookalike("a French card declines by itself", "v400m", "tap id:start; press 1000 OK; tap-card visa-credit-fr; wait 2s; press OK; tap id:start; press 1000 OK; insert visa-card-declines; wait 2s"),
    Lookalike("the power goes as an app that is opened sends what was kept", "square-reader", f"{KEPT}; fault app closed; network up; fault power-cut-after 5; fault app open", {"offline.allowed": "true"}),
    Lookalike("a payment is by the card that is still in the slot, and another one was swiped since", "s1f2", "fault card-mute; tap id:payment; press 1 OK; insert visa-credit; swipe visa-stripe; wait 1d; pos sale T-1 1000; wait 1min"),
    Lookalike("a payment by a card in French is voided", "s1f2", "tap id:payment; press 1 OK; tap-card interac-debit-fr; wait 2s; tap id:confirm; tap id:transactions; tap id:history; tap id:txn-1; tap id:void; wait 2s"),
    Lookalike("a list is left at its second page for its filter, and come back to", "square-terminal", "; ".join(("press 1 OK; tap-card visa-credit; wait 2s; press OK",) * 7 + ("tap id:transactions; tap id:older; tap id:filter; tap id:back",))),
    Lookalike("a boot finds that an outage of the link became one of the service", "square-reader", "network down; service down; wait 2d; fault commit-answer-lost; network up; power on; wait 1min", {"offline.allowed": "true"}),
    Lookalike("a boot learns that an outage of the service is one of the link again", "square-register", "network down; service down; wait 2d; fault power-cut-after 2; network up; network down; power on; wait 1min", {"offline.allowed": "true"}),
    Lookalike("a payment before is reversed in the instant in which a typed one is approved", "square-register", f"{TYPED}; service down; host answers timeout; wait 1d; service up; {TYPED}; service down; service up; wait 2d"),
    Lookalike("a void is done while the response code of another payment stands there", "square-reader", "pos sale T-1 1000; insert visa-credit; wait 1d; press 1 OK; fault reader-link down; service down; pos refund T-1; network down; service up; wait 5s; tap id:confirm; network up; fault reader-link up; host answers declined:55; press 1 OK; wait 2d"),
    Lookalike("the answer to one request has the trace number of the next", "v400m", "fault host-wrong-trace; tap id:start; press 1 OK; insert visa-credit; remove card; press CANCEL; tap id:start; press 1000 OK; insert visa-credit; wait 1min"),
    Lookalike("a chip card stays in the slot while the next customer swipes", "v400m", "tap id:start; press 1 OK; insert visa-credit; wait 1d; fault card-mute; tap id:start; press 1 OK; swipe visa-stripe; wait 1d; tap id:start; press 1 OK; wait 1min"),
    Lookalike("a card stays in the slot while the history shows a receipt", "v400m", f"tap id:start; press 1 OK; insert visa-credit; wait 1h; {HISTORY}; tap id:txn-1; tap id:receipts; tap id:merchant-receipt; wait 1h"),
    Lookalike("a reversal and the time of a card fall due in one instant", "square-reader", "press 1 OK; insert visa-credit; remove card; tap id:home; service down; wait 2s; service up; press 1 OK; service down; wait 10min"),
    Lookalike("what was kept is forwarded while the next customer has chosen an application", "square-reader", f"{KEPT}; press 500 OK; insert interac-visa-debit; tap id:application-1; network up; wait 1min", {"offline.allowed": "true"}),
    Lookalike("a boot finds that the first of two payments was forwarded", "square-reader", f"{KEPT}; press 500 OK; insert visa-credit; network up; fault commit-answer-lost; wait 1h; power off; power on; wait 1min", {"offline.allowed": "true"}),
    Lookalike("a boot finds that the first of two reversals was answered", "v400m", f"{UNANSWERED}; {UNANSWERED}; fault commit-answer-lost; wait 1h; power off; power on; wait 1h"),
    Lookalike("the red key is held for less than it takes to switch off", "v400m", "tap id:start; press 1 OK; hold CANCEL for 2999ms"),
    Lookalike("a card approves by itself, and what was kept of it leaves at once", "square-register", "press 1 OK; insert visa-offline; press 1234 OK", {"kernel": "offline-capable"}),
    Lookalike("a slow card is read while the time of an outage ends", "square-register", "service down; wait 23h59min59s999ms999us; press 1 OK; insert visa-slow; wait 1min", {"offline.allowed": "true"}),
    Lookalike("a boot finds that an outage began before", "square-reader", "fault commit-answer-lost; service down; wait 2h; power off; power on; press 1 OK; wait 1min", {"offline.allowed": "true"}),
    Lookalike("a slow card is read after a tab was left for it", "square-reader", "network down; press 1 OK; insert visa-slow; tap id:home; press 1 OK; wait 1min", {"offline.allowed": "true"}),
    Lookalike("a void that a till asks for on a result is declined and prints nothing", "s1f2", "pos sale T-1 1000; swipe visa-stripe; wait 2s; host answers declined:51; pos refund T-1; wait 1min", {"receipts.declined": "false"}),
    Lookalike("a card of the other language is asked for a second tap", "square-terminal", "press 1000 OK; tap-card visa-second-tap; wait 2s; tap-card visa-second-tap; wait 1min", locale="fr-CA"),
    Lookalike("a settlement is refused twice in one breath, and taken when it is sent again", "s1f2", "pos sale T-1 1000; swipe visa-stripe; wait 2s; host answers declined:51; fault host-duplicate; wait 2d", {"settlement.at": "23:30"}),
    Lookalike("a mute card from before is in the slot, and the stripe of another stands for it", "square-terminal", "press 1 OK; insert mute; wait 1d; press 1 OK; swipe visa-declined; wait 1d"),
    Lookalike("a tap that an outage forbids finds a reader that was unplugged", "square-stand", "pos sale T-1 1000; insert visa-credit; fault wire unplug; remove card; service down; press OK 1 OK; tap-card visa-credit", {"offline.allowed": "true"}),
    Lookalike("a receipt of one sale has its number, and the next sale of a till is in the same instant", "square-register", "pos sale T-1 1000; swipe visa-stripe; wait 2s; tap id:digital-receipt; press 5145551234 OK; pos sale T-2 1000; insert visa-credit; wait 1d"),
    Lookalike("the link is lost and back after six sends in vain, and a person is called for when the seventh was in vain", "square-terminal", f"{KEPT}; host answers {' '.join(['timeout'] * 9)}; network up; wait 30min10s; network down; network up; wait 40min", {"offline.allowed": "true"}),
    Lookalike("a till takes back what was met with busy while a PIN is asked for another ticket", "v400m", "pos sale T-1 1000; insert mastercard-pin; pos sale T-2 500; pos cancel T-2"),
    Lookalike("a till takes its request back while it cannot be heard", "v400m", "pos sale T-1 1000; insert mastercard-pin; network down; pos cancel T-1"),
    Lookalike("the power fails while a till takes its request back", "square-terminal", "fault power-cut-after 5; pos sale T-1 1000; pos cancel T-1"),
    Lookalike("a till takes back what was met with busy while the merchant asks for a PIN", "v400m", "tap id:start; press 1000 OK; pos sale T-1 500; insert mastercard-pin; pos cancel T-1"),
    Lookalike("a till takes back a payment that was left for a tab, and another one asks for a card", "square-terminal", "pos sale T-1 500; tap id:orders; tap id:home; press 1000 OK; pos cancel T-1"),
    Lookalike("a till's payment stands in the first tab, and the list of orders stood before it", "square-terminal", "tap id:orders; pos sale T-1 1000; insert visa-credit; wait 2s; pos sale T-2 500"),
    Lookalike("an app is closed below a tab and opened again", "square-stand", "tap id:more; tap id:settings; fault app closed; fault app open"),
    Lookalike("nobody touches what lies below a tab", "square-register", "tap id:more; tap id:settings; tap id:checkout; wait 2min"),
    Lookalike("the field is off for a moment after a tap that came late", "square-reader", "press 1000 OK; wait 1min; tap-card phone-locked; wait 1s"),
    Lookalike("the field is wanted for another payment before it was to be on again", "square-reader", "press 1000 OK; tap-card phone-locked; tap id:clearpay; wait 2s; press CANCEL OK; press 500 OK"),
    Lookalike("the stripe is asked for while the card that could not be read is in", "v400m", "tap id:start; press 1000 OK; insert mute; wait 1min; swipe visa-credit"),
    Lookalike("two prompts for a stripe have the same words in French", "square-stand-gen1", "press 1000 OK; wait 1min", locale="fr-CA"),
    Lookalike("the banner of an outage is the seller's and the result the cardholder's", "square-terminal", "network down; press 1000 OK; insert visa-credit-fr; wait 2s; press OK", {"offline.allowed": "true"}),
    Lookalike("a PIN is typed for what a till asked for above the limit before the link went", "v400m-offline", "pos sale T-1 5001; network down; insert mastercard-pin; press 1234 OK; wait 1min", {"offline.limit": "5000", "offline.limit_max": "5000"}),
    Lookalike("the prompt names the ways that an outage leaves, and the list the states of what was kept", "square-terminal", f"{KEPT}; press 1 OK; press CANCEL; press OK; tap id:transactions; tap id:txn-1; network up; wait 2s", {"offline.allowed": "true"}),
    Lookalike("a card is tapped for the limit itself, and its holder signs", "v400m", "tap id:start; press 25000 OK; tap-card amex-credit; wait 2s"),
    Lookalike("a telephone that is locked pays when it is tapped again", "v400m", "tap id:start; press 1000 OK; tap-card phone-locked; wait 5s; tap-card phone-locked; wait 5s"),
    Lookalike("two cards refuse with a power cut in between", "v400m", "tap id:start; press 1000 OK; insert visa-card-declines; power cut; remove card; power on; tap id:start; press 1000 OK; insert visa-card-declines"),
    Lookalike("a batch is in doubt, and empty when the doubt is over", "v400m", f"{UNANSWERED}; press 9 OK 0856 OK; tap id:settle; press OK OK; wait 10min; press 9 OK 0856 OK; tap id:settle; press OK"),
    Lookalike("a telephone pays above the limit of a tap, after a card that was signed for", "v400m", "tap id:start; press 25000 OK; tap-card amex-credit; wait 2s; press OK; tap id:start; press 30000 OK; tap-card phone; wait 2s"),
    Lookalike("a card of fifteen digits pays, and its receipt has as many stars", "s1f2", "tap id:payment; press 1000 OK; insert amex-credit; wait 2s; press OK; remove card"),
    Lookalike("the last batch is asked for behind a boot", "v400m", f"{PAID}; press 9 OK 0856 OK; tap id:settle; press OK; wait 300ms; power cut; power on; wait 2s; press 9 OK 0856 OK; tap id:batch-report; tap id:last-batch"),
    Lookalike("the time of a lost link is over, and the service is out when it is back", "square-terminal", "network down; wait 25h; tap id:transactions; service down; network up; tap id:home; tap id:transactions; wait 25h; tap id:home; tap id:transactions", {"offline.allowed": "true"}),
    Lookalike("a telephone is tapped where the card before is wanted once more", "s1f2", "pos sale T-1 1000; tap-card visa-second-tap; wait 2s; tap-card phone; wait 2s"),
    Lookalike("an upload begins anew with the oldest payment when the power failed behind the second one", "v400m", f"{PAID}; {PAID}; host answers declined:95 approved timeout; press 9 OK 0856 OK; tap id:settle; press OK; wait 5s; power cut; power on; wait 10min"),
    Lookalike("an upload begins anew where no time has passed since the power failed", "v400m", f"{PAID}; {PAID}; host answers declined:95 approved approved; press 9 OK 0856 OK; tap id:settle; press OK; wait 900ms; power cut; power on; wait 300ms; power cut; power on; wait 10min"),
    Lookalike("a payment that was kept is uploaded behind a younger one that was completed before it", "v400m-offline", f"host answers timeout; network down; press OK 1000 OK; insert visa-credit; wait 2s; press OK; remove card; network up; wait 2s; press OK 500 OK; tap-card visa-credit; wait 2s; press OK; wait 30min; host answers declined:95; {SETTLE}; wait 10min"),
    Lookalike("a locked telephone was refused in an outage, and the card that lies in the slot is taken out when that is over", "square-terminal", "press 1 OK; insert visa-credit; wait 1d; network down; press 1 OK; tap-card phone-locked; network up; remove card", {"offline.allowed": "true"}),
    Lookalike("an outage takes the answer to a payment, and is over when its paper comes out", "square-terminal", "press 1 OK; tap-card visa-credit; paper out; network down; wait 2min; network up; paper in"),
    Lookalike("the link comes back while a boot looks for an answer, and goes with it", "square-terminal", "pos sale T-1 1000; swipe visa-stripe; network down; power cut; power on; network up; network down; wait 2min"),
    Lookalike("a till pays and gives back while a batch waits to be settled", "s1f2", "pos sale T-1 1000; swipe visa-stripe; wait 2s; press OK; host answers timeout; tap id:admin; tap id:settle; press OK; press CANCEL; pos sale T-2 500; swipe visa-stripe; wait 2s; press OK; pos refund T-1; wait 10min; pos refund T-2; wait 2s"),
    Lookalike("a result gives way to a till as the card is taken out, and as its reader is unplugged", "s1f2", "pos sale T-1 1000; insert visa-credit; wait 2s; pos sale T-2 500; remove card; pos sale T-2 500; insert visa-credit; wait 2s; fault wire unplug; pos sale T-3 500; wait 2s; pos sale T-3 500; fault wire-mend; pos sale T-3 500"),
    Lookalike("a till's request is taken at a result while the card is outside an app's reader that was lost", "square-reader", "pos sale T-1 1000; insert visa-credit; wait 2s; fault reader-link down; pos sale T-2 500; fault reader-link up; pos sale T-2 500; wait 2s"),
)  # fmt: skip


@pytest.mark.parametrize("one", LOOKALIKES, ids=[one.what for one in LOOKALIKES])
def test_what_only_looks_wrong_breaks_no_rule(one: Lookalike) -> None:
    wanted = acts_of(one.acts)
    done, alarms = Ground.of(one.profile, one.options, ORACLES, locale=one.locale).alarms(wanted)
    assert len(done) == len(wanted), "an act of the history could not be done"
    assert alarms == []
