"""For each rule a history that breaks it: the bug that is planted in the firmware, and acts at a terminal that has it.

The same acts at a sound terminal look as if they broke the rule, and do not.
"""

from __future__ import annotations

from typing import NamedTuple

# V400m: a payment, the way to the history, to a payment without the card, and to what changes the passcode.
PAID = "tap id:start; press 1000 OK; insert visa-credit; wait 2s; press OK; remove card"
HISTORY = "press 9 OK 0856 OK; tap id:transactions; tap id:history; tap id:history-transactions"
MOTO = "press 8 OK 0856 OK; tap id:moto; press 1000 OK"
DECLINED = "tap id:start; press 1000 OK; insert visa-declined; wait 2s"
UNANSWERED = "host answers timeout timeout; tap id:start; press 1000 OK; insert visa-credit; wait 125s"
VOID = "tap id:void; wait 2s"
WRONG = "press 1111 OK"
CHANGED = "press 9 OK 0856 OK; tap id:change-passcode; press 0856 OK 2580 OK 2580 OK OK"
SETTLED = "press 9 OK 0856 OK; tap id:settle; press OK; wait 2s"
NEVER = f"host answers {' '.join(['timeout'] * 8)}; tap id:start; press 1000 OK; insert visa-credit; wait 125s; press OK; remove card"
TWO_DOUBTFUL = f"host answers timeout timeout timeout timeout; {'; '.join([NEVER.partition('; ')[2]] * 2)}"
CARD_APPROVES = (
    "tap id:start; press 500 OK; insert visa-offline; press 1234 OK; wait 2s; press OK; remove card"
)
# S1F2: the same.
PAID_S = "tap id:payment; press 1000 OK; insert visa-credit; wait 2s; press OK; remove card"
LIST_S = "tap id:transactions; tap id:history"
# Square: a payment, one while the link is down, and the settings of such payments.
PAID_Q = "press 1000 OK; insert visa-credit; wait 2s"
KEPT = "network down; press 1000 OK; insert visa-credit; press OK; remove card"
SETTINGS = "tap id:more; tap id:settings; tap id:checkout; tap id:offline-payments"


class BrokenHistory(NamedTuple):
    """`bug` is what is planted (`tests.explore.planted`), `acts` the lines of the history with semicolons between."""

    bug: str
    acts: str


HISTORIES: dict[str, BrokenHistory] = {
    "R-amount-1": BrokenHistory("the highest amount itself is refused", "tap id:start; press 9999999"),
    "R-amount-2": BrokenHistory("the highest amount is told as another", "tap id:start; press 99999999"),
    "R-amount-3": BrokenHistory("an amount of zero is taken", "tap id:payment; press OK"),
    "R-amount-4": BrokenHistory("a payment that was cancelled leaves its amount to the next", "tap id:start; press 1000 OK CANCEL OK; tap id:start; press 500 OK; insert visa-credit"),
    "R-amount-5": BrokenHistory("a completed payment is a cent higher", PAID),
    "R-amount-6": BrokenHistory("the screen that asks for a card has another amount", "tap id:start; press 1000 OK"),
    "R-amount-7": BrokenHistory("the screen that asks for a card lacks the amount", "press 1000 OK"),
    "R-amount-8": BrokenHistory("a digit too many is refused without a word", "tap id:start; press 99999999"),
    "R-amount-9": BrokenHistory("a complaint of the checkout outlives the amount it speaks of", "network down; press 20000 OK; press CLEAR"),
    "R-offline-1": BrokenHistory("offline payments are taken although they are not allowed", "network down; press 1000 OK; insert visa-credit"),
    "R-offline-2": BrokenHistory("a payment that waits expires an hour late", KEPT),
    "R-offline-3": BrokenHistory("a payment that waits never expires", f"{KEPT}; wait 25h; press 1"),
    "R-offline-4": BrokenHistory("payments are taken no longer a second before the time of an outage is over", "network down; wait 86399s; press 1000 OK"),
    "R-offline-5": BrokenHistory("what waits is sent during the outage", "service down; press 1000 OK; insert visa-credit; press OK; network down"),
    "R-offline-6": BrokenHistory("to allow and not to allow are exchanged", f"{SETTINGS}; tap id:allow"),
    "R-offline-7": BrokenHistory("the settings show the delivered limit", f"{SETTINGS}; tap id:offline-limit; press 5000 OK"),
    "R-offline-8": BrokenHistory("a payment that the outage forbids is begun at the checkout", "network down; press 1000 OK"),
    "R-forward-1": BrokenHistory("the newest of the stored payments leaves first", f"{KEPT}; press 500 OK; insert visa-credit; press OK; remove card; network up; wait 2s"),
    "R-forward-2": BrokenHistory("a closed app forwards what a lost link kept back", f"{KEPT}; fault app closed; network up; wait 2s"),
    "R-passcode-1": BrokenHistory("the delivered passcode stays right when it was changed", f"{CHANGED}; press CANCEL; press 9 OK 0856 OK"),
    "R-passcode-2": BrokenHistory("wrong passcodes are not counted", f"press 9 OK; {WRONG}; {WRONG}"),
    "R-passcode-3": BrokenHistory("a wrong passcode is not judged", f"press 9 OK; {WRONG}"),
    "R-passcode-4": BrokenHistory("the minutes of a lock are rounded down", f"press 9 OK; {'; '.join([WRONG] * 5)}; wait 1s; press CANCEL; press 9 OK"),
    "R-passcode-5": BrokenHistory("a menu opens without its passcode", "press 9 OK"),
    "R-passcode-6": BrokenHistory("the reminder of the delivered passcode stands when it was changed", CHANGED),
    "R-passcode-7": BrokenHistory("a new passcode has three digits", "tap id:admin; tap id:change-passcode; press 0856 OK 258 OK 258 OK"),
    "R-time-1": BrokenHistory("a passcode may be typed for a minute", "press 9 OK; wait 1min"),
    "R-home-1": BrokenHistory("digits stay on the home screen", "press 9 OK 0856 OK CANCEL"),
    "R-home-2": BrokenHistory("the first tab is marked whichever is open", "tap id:transactions"),
    "R-home-3": BrokenHistory("the home screen has a word of the last payment", f"press 9 OK; press CANCEL; {PAID}"),
    "R-home-4": BrokenHistory("the home screen does not say that there is no link", "network down"),
    "R-menu-1": BrokenHistory("a menu lacks its last entry", "tap id:admin"),
    "R-menu-2": BrokenHistory("the first entry of a menu opens whichever is touched", "press 9 OK 0856 OK; tap id:change-passcode"),
    "R-banner-1": BrokenHistory("the banner of a lost service speaks of the link", "service down"),
    "R-banner-2": BrokenHistory("the countdown is a minute short", "network down; press 1"),
    "R-banner-3": BrokenHistory("the time until stored payments expire is not told", f"{KEPT}; press 1 CLEAR"),
    "R-banner-4": BrokenHistory("that the time of an outage is over is not told", "network down; wait 25h; tap id:transactions"),
    "R-end-1": BrokenHistory("a terminal that was opened works again after a reboot", "fault tamper; power cut; power on"),
    "R-end-2": BrokenHistory("a sign-out leads home", "tap id:more; tap id:sign-out; press OK; press 1000 OK; insert visa-credit"),
    "R-end-3": BrokenHistory("a sign-out keeps what waits to be forwarded", f"{KEPT}; tap id:more; tap id:sign-out; press OK"),
    "R-end-4": BrokenHistory("who signs out is not warned of what is lost", f"{KEPT}; tap id:more; tap id:sign-out"),
    "R-end-5": BrokenHistory("a sign-out leads home", "tap id:more; tap id:sign-out; press OK"),
    "R-ending-1": BrokenHistory("a declined payment is shown as approved", DECLINED),
    "R-ending-2": BrokenHistory("an answer with another amount counts", f"fault host-wrong-amount; {PAID}"),
    "R-ending-3": BrokenHistory("a stored payment that the acquirer declines counts as paid", f"{KEPT}; host answers declined:51; network up; wait 2s"),
    "R-ending-4": BrokenHistory("the answer of the acquirer is not handed to the card", PAID_S),
    "R-paper-1": BrokenHistory("the customer's copy comes out twice", PAID_S),
    "R-paper-2": BrokenHistory("a copy that is printed again has the time of the printing", f"{PAID}; wait 2h; {HISTORY}; tap id:txn-1; tap id:receipts; tap id:merchant-receipt; tap id:print"),
    "R-paper-3": BrokenHistory("a copy that is printed again is of the newest payment", f"{PAID}; {PAID}; {HISTORY}; tap id:txn-2; tap id:receipts; tap id:merchant-receipt; tap id:print"),
    "R-paper-4": BrokenHistory("the receipt of a void has no mark", f"{PAID}; {HISTORY}; tap id:txn-1; {VOID}"),
    "R-paper-5": BrokenHistory("the merchant's copy speaks the card's language", "tap id:start; press 1000 OK; insert visa-credit-fr; wait 2s"),
    "R-paper-6": BrokenHistory("only the merchant's copy comes out", PAID_S),
    "R-paper-7": BrokenHistory("the copy that stopped does not come out", "paper out; tap id:start; press 1000 OK; insert visa-credit; wait 2s; paper in"),
    "R-paper-8": BrokenHistory("a receipt shows the whole number that the journal has", PAID),
    "R-paper-9": BrokenHistory("a receipt lacks the authorisation code", PAID),
    "R-paper-10": BrokenHistory("the two copies have each other's title", PAID),
    "R-paper-11": BrokenHistory("a declined payment prints although the profile says that it does not", DECLINED),
    "R-paper-12": BrokenHistory("the copy that is offered is not the one that prints", "tap id:payment; press 1000 OK; insert visa-credit; wait 2s; press OK OK"),
    "R-paper-13": BrokenHistory("a message with the receipt leaves before the payment is approved", "network down; press 1000 OK; insert visa-credit; tap id:digital-receipt; press 5145551234 OK"),
    "R-paper-14": BrokenHistory("a print that found no paper says that a copy was printed", f"{PAID}; paper out; {HISTORY}; tap id:txn-1; tap id:receipts; tap id:merchant-receipt; tap id:print"),
    "R-list-1": BrokenHistory("the history begins with the oldest payment", f"{PAID_S}; tap id:payment; press 1250 OK; insert visa-credit; wait 2s; press OK; remove card; {LIST_S}"),
    "R-list-2": BrokenHistory("the row below the one that was touched is picked", f"{PAID_S}; tap id:payment; press 1250 OK; insert visa-credit; wait 2s; press OK; remove card; {LIST_S}; tap id:txn-1"),
    "R-list-3": BrokenHistory("a sum of what waits counts payments once too often", f"{KEPT}; tap id:transactions"),
    "R-list-4": BrokenHistory("a void is not offered for a payment without the card", f"{MOTO}; press 4111111111111111 OK 0330 OK 737 OK; wait 2s; press OK; {HISTORY}; tap id:txn-1"),
    "R-list-5": BrokenHistory("a voided payment is shown as completed", f"{PAID_S}; {LIST_S}; tap id:txn-1; {VOID}; press OK; {LIST_S}"),
    "R-page-1": BrokenHistory("a page of the history goes on after five rows", f"{'; '.join([PAID] * 7)}; {HISTORY}; tap id:older"),
    "R-remark-1": BrokenHistory("a remark stays when another payment is picked", f"{PAID}; {HISTORY}; tap id:txn-1; account standalone off; tap id:void; press CANCEL; tap id:txn-1"),
    "R-remark-2": BrokenHistory("a remark on a card stays when the next is asked for", "tap id:start; press 1000 OK; fault stripe-unreadable; swipe visa-credit; swipe visa-credit"),
    "R-order-1": BrokenHistory("the list of orders has the oldest of many", "order Breakfast 2350; order Lunch 1200; tap id:orders"),
    "R-order-2": BrokenHistory("every order counts as new", "order Breakfast 2350; tap id:orders; tap id:home"),
    "R-void-1": BrokenHistory("a void goes by the amount that was asked for", f"host answers partial:500; {PAID}; {HISTORY}; tap id:txn-1; {VOID}"),
    "R-void-2": BrokenHistory("a void leaves its original completed", f"{PAID}; {HISTORY}; tap id:txn-1; {VOID}"),
    "R-void-3": BrokenHistory("a void is offered for a declined payment", f"{DECLINED}; press OK; remove card; {HISTORY}; tap id:txn-1"),
    "R-void-4": BrokenHistory("a payment whose void was declined is never voided again", f"{PAID}; {HISTORY}; tap id:txn-1; host answers declined:51; {VOID}; press OK; {HISTORY}; tap id:txn-2; tap id:void"),
    "R-pin-1": BrokenHistory("a PIN has thirteen digits", "tap id:start; press 1000 OK; insert mastercard-pin; press 1234567890123"),
    "R-pin-2": BrokenHistory("a PIN is left out of the result", "tap id:payment; press 1000 OK; insert mastercard-pin; press 1234 OK; wait 2s"),
    "R-pin-3": BrokenHistory("a wrong PIN costs no try on the screen", "tap id:payment; press 1000 OK; insert mastercard-pin; press 9876 OK; press 9876 OK"),
    "R-reader-1": BrokenHistory("a payment that ends keeps the reader open", "tap id:start; press 1000 OK CANCEL"),
    "R-reader-2": BrokenHistory("a swiped card is not taken", "tap id:start; press 1000 OK; swipe visa-stripe"),
    "R-reader-3": BrokenHistory("a stripe is taken although the card has a chip", "tap id:start; press 1000 OK; swipe visa-credit"),
    "R-reader-4": BrokenHistory("the first application is taken whichever was chosen", "tap id:start; press 1000 OK; insert interac-visa-debit; tap id:application-2; press 4506 OK; wait 2s"),
    "R-language-1": BrokenHistory("the card's language is never spoken", "tap id:payment; press 1000 OK; insert interac-debit-fr"),
    "R-customer-1": BrokenHistory("the customer sees the seller's list", "tap id:transactions"),
    "R-secret-1": BrokenHistory("the journal keeps card numbers in clear", PAID),
    "R-secret-2": BrokenHistory("a passcode is shown as it is typed", "press 9 OK 1"),
    "R-secret-3": BrokenHistory("the whole telephone number stands in the journal", f"{PAID_Q}; tap id:digital-receipt; press 5145551234 OK"),
    "R-field-1": BrokenHistory("a digit stays from the card number", f"{MOTO}; press 4111111111111111 OK"),
    "R-field-2": BrokenHistory("a digit that is typed does not come to the field", "press 9 OK 7"),
    "R-field-3": BrokenHistory("a PIN has thirteen digits", "tap id:start; press 1000 OK; insert mastercard-pin; press 1234567890123"),
    "R-field-4": BrokenHistory("clear takes the whole entry", "press 9 OK 12 CLEAR"),
    "R-field-5": BrokenHistory("a wrong passcode stays in the field", f"press 9 OK; {WRONG}"),
    "R-field-6": BrokenHistory("a telephone number of three digits is taken", f"{PAID_Q}; tap id:digital-receipt; press 514 OK"),
    "R-entry-1": BrokenHistory("an expired card is taken by mail", f"{MOTO}; press 4111111111111111 OK 1225 OK"),
    "R-entry-2": BrokenHistory("a card that expires this month is refused", f"{MOTO}; press 4111111111111111 OK 0126 OK"),
    "R-entry-3": BrokenHistory("the security code is not asked for", f"{MOTO}; press 4111111111111111 OK 0330 OK"),
    "R-entry-4": BrokenHistory("the address is never asked for", f"{MOTO}; press 4242424242424242 OK 0330 OK 737 OK"),
    "R-message-1": BrokenHistory("the newest reversal leaves first", "host answers timeout timeout timeout timeout; tap id:start; press 1000 OK; insert visa-credit; wait 125s; press OK; remove card; tap id:start; press 1250 OK; insert visa-credit; wait 10min"),
    "R-message-2": BrokenHistory("a reversal is repeated every second", UNANSWERED),
    "R-message-3": BrokenHistory("a swiped card is booked as a chip", "tap id:payment; press 1000 OK; swipe visa-stripe"),
    "R-message-4": BrokenHistory("the postal code is sent as the number of the street", f"{MOTO}; press 4242424242424242 OK 0330 OK 737 OK; press 90210 OK; press 12 OK; wait 2s"),
    "R-message-5": BrokenHistory("an answer that nothing waits for is on no record", f"fault host-duplicate; {PAID}"),
    "R-message-6": BrokenHistory("a reversal waits on when the link is back", f"{UNANSWERED}; network down; network up"),
    "R-message-7": BrokenHistory("a repeated reversal has the message type of a first one", f"{UNANSWERED}; wait 10min"),
    "R-message-8": BrokenHistory("the trace number goes on by two after a power cut", f"{PAID}; {PAID}"),
    "R-way-1": BrokenHistory("a transaction is left for the home screen", f"{PAID_S}; {LIST_S}; tap id:txn-1; press CANCEL"),
    "R-way-2": BrokenHistory("a menu that times out leads one menu back", "press 9 OK 0856 OK; tap id:transactions; wait 61s"),
    "R-way-3": BrokenHistory("tabs are in reach while a payment is on its way", "press 1000 OK; insert visa-credit"),
    "R-way-4": BrokenHistory("a way of paying is offered that the profile has not", "press 1000 OK"),
    "R-way-5": BrokenHistory("the card for a buy-now-pay-later payment may be inserted", "press 1000 OK; tap id:clearpay"),
    "R-way-6": BrokenHistory("the service's page is in reach without an outage only", "service down"),
    "R-way-7": BrokenHistory("a payment that timed out is shown as cancelled", "tap id:start; wait 3min"),
    "R-result-1": BrokenHistory("a declined payment sounds like an approved one", DECLINED),
    "R-result-2": BrokenHistory("a partial approval does not say so", f"host answers partial:500; {PAID_S}"),
    "R-result-3": BrokenHistory("the screen does not ask for the signature", "tap id:start; press 1000 OK; insert mastercard-credit; wait 2s"),
    "R-result-4": BrokenHistory("a declined payment does not say why", DECLINED),
    "R-result-5": BrokenHistory("a payment ends at home with the card still in", "tap id:start; press 1000 OK; insert visa-credit; wait 2s; press OK"),
    "R-result-6": BrokenHistory("the answer to the address is not shown", f"{MOTO}; press 4242424242424242 OK 0330 OK 737 OK; press 90210 OK; press 12 OK; wait 2s"),
    "R-call-1": BrokenHistory("a person is never called for what nobody answers", f"{NEVER}; wait 2h"),
    "R-call-2": BrokenHistory("a person is called for after four sends", f"{NEVER}; wait 2h"),
    "R-banner-5": BrokenHistory("the call for a person stays when the message is answered", f"{NEVER}; press CANCEL; wait 4h; press 9 CLEAR"),
    "R-reversal-1": BrokenHistory("a payment without an answer is reversed as a cancelled one", UNANSWERED),
    "R-boot-1": BrokenHistory("a boot does not go on with a reversal", f"{NEVER}; power cut; power on; wait 10min"),
    "R-boot-2": BrokenHistory("a boot looks at what is in doubt for as long as it may", "tap id:start; press 1000 OK; insert visa-credit; power cut; power on; wait 3min"),
    "R-batch-1": BrokenHistory("a batch is closed while a payment is in doubt", f"{PAID}; {NEVER}; press CANCEL; {SETTLED}"),
    "R-batch-2": BrokenHistory("the report of a batch leaves voids out", f"{PAID}; {HISTORY}; tap id:txn-1; {VOID}; press OK; {SETTLED}"),
    "R-batch-3": BrokenHistory("a settled batch prints no report", f"{PAID_S}; tap id:admin; tap id:settle; press OK; wait 2s"),
    "R-time-2": BrokenHistory("an amount that nobody types on is asked for for ever", "tap id:start; wait 3min"),
    "R-live-1": BrokenHistory("a PIN that is typed is not handed to the card", "tap id:payment; press 1000 OK; insert mastercard-pin; press 1234 OK"),
    "R-live-2": BrokenHistory("a typed card with its address is never sent", f"{MOTO}; press 4242424242424242 OK 0330 OK 737 OK; press 90210 OK; press 12 OK"),
    "R-live-3": BrokenHistory("the answer to a void is not heard", f"{PAID_S}; {LIST_S}; tap id:txn-1; {VOID}"),
    "R-live-4": BrokenHistory("a payment whose address did not match is left as it is", f"{MOTO}; press 4242424242424242 OK 0330 OK 737 OK; press 90210 OK; press 12 OK; wait 2s; press CANCEL"),
    "R-live-5": BrokenHistory("the card's last word is not heard", PAID),
    "R-key-1": BrokenHistory("the red key does nothing while a card is asked for", "tap id:payment; press 1000 OK; tap id:cancel"),
    "R-key-2": BrokenHistory("a print that is touched prints nothing", f"{PAID}; {HISTORY}; tap id:txn-1; tap id:receipts; tap id:merchant-receipt; tap id:print"),
    "R-paper-15": BrokenHistory("that a copy was printed is not said", f"{PAID}; {HISTORY}; tap id:txn-1; tap id:receipts; tap id:merchant-receipt; tap id:print"),
    "R-home-5": BrokenHistory("the green key starts nothing at home", "press OK"),
    "R-till-1": BrokenHistory("what a till takes back ends as declined", "pos sale T-1 1000; pos cancel T-1"),
    "R-till-2": BrokenHistory("a till is given more than the highest amount", "pos sale T-1 10000000"),
    "R-till-3": BrokenHistory("a till is refused whatever it asks for", "pos sale T-1 1000"),
    "R-word-1": BrokenHistory("the word for processing is the same in each language", "tap id:start; press 1000 OK; insert visa-credit"),
    "R-word-2": BrokenHistory("the prompt for the PIN has the same words in French", "tap id:payment; press 1000 OK; insert mastercard-pin"),
    "R-word-3": BrokenHistory("an amount has the sign of another currency", "tap id:start; press 1000 OK"),
    "R-passcode-8": BrokenHistory("a passcode of four digits is too short for a new one", "press 9 OK 0856 OK; tap id:change-passcode; press 0856 OK 2580 OK"),
    "R-passcode-9": BrokenHistory("a new passcode of two digits goes on", "press 9 OK 0856 OK; tap id:change-passcode; press 0856 OK 25 OK"),
    "R-field-7": BrokenHistory("a passcode has room for four digits", "press 9 OK 12345"),
    "R-row-1": BrokenHistory("a payment is booked on the number behind the card's", PAID_S),
    "R-row-2": BrokenHistory("a payment has the time of an hour before", PAID),
    "R-row-3": BrokenHistory("any card is taken as a gift card", "press 1000 OK; tap id:gift-card; press 4111111111111111 OK"),
    "R-tap-1": BrokenHistory("a tap above the limit is taken without a PIN", "tap id:start; press 30000 OK; tap-card mastercard-pin; wait 2s"),
    "R-card-1": BrokenHistory("a telephone that is locked ends the payment", "tap id:payment; press 1000 OK; tap-card phone-locked"),
    "R-pin-4": BrokenHistory("no PIN is asked for below fifty", "tap id:payment; press 1000 OK; insert mastercard-pin; wait 2s"),
    "R-pin-5": BrokenHistory("a wrong PIN leaves one try more than the card has", "tap id:payment; press 1000 OK; insert mastercard-pin; press 9876 OK"),
    "R-result-7": BrokenHistory("the lights are dark when a payment has ended", PAID_Q),
    "R-result-8": BrokenHistory("a card that is taken out at the PIN leads home", "tap id:payment; press 1000 OK; insert mastercard-pin; remove card"),
    "R-message-9": BrokenHistory("a void is sent for the reason of a time-out", f"{PAID}; {HISTORY}; tap id:txn-1; {VOID}"),
    "R-message-10": BrokenHistory("what a card said is sent again although it was answered", f"host sends unblock-pin; tap id:start; press 1000 OK; tap-card visa-second-tap; wait 2s; tap-card visa-second-tap; wait 2s; press OK; {PAID}"),
    "R-message-11": BrokenHistory("the second reversal waits when the first is answered", f"{TWO_DOUBTFUL}; wait 1h"),
    "R-forward-3": BrokenHistory("what a card approved by itself waits for whatever comes next", f"{CARD_APPROVES}; {CARD_APPROVES}"),
    "R-boot-3": BrokenHistory("a boot looks at the first of two payments in doubt", f"{TWO_DOUBTFUL}; power cut; power on; wait 2s"),
    "R-void-5": BrokenHistory("a void says nothing of the sequence number of its card", f"{PAID_S}; {LIST_S}; tap id:txn-1; {VOID}"),
    "R-void-6": BrokenHistory("a void that never left is sent later", f"{PAID_S}; {LIST_S}; tap id:txn-1; network down; tap id:void; wait 30s"),
    "R-batch-4": BrokenHistory("the upload of a batch leaves out its first payment", f"{PAID_S}; {PAID_S}; host answers declined:95; tap id:admin; tap id:settle; press OK; wait 5s"),
    "R-field-8": BrokenHistory("a complaint of a field stays while it is rubbed out", f"{MOTO}; press 4111111111111112 OK; press CLEAR"),
    "R-offline-9": BrokenHistory("a terminal that boots without a link asks for approval", "power cut; network down; power on; tap id:payment; press 1000 OK; insert visa-credit; wait 1min"),
    "R-offline-10": BrokenHistory("a card that could not verify its holder pays offline", "network down; tap id:payment; press 1000 OK; insert visa-pin-blocked; wait 2s"),
    "R-ending-6": BrokenHistory("a payment that was forwarded keeps the code that it was taken with", f"network down; {PAID_S}; network up; wait 5s"),
    "R-ending-5": BrokenHistory("the codes of two approvals by a card are exchanged", f"{CARD_APPROVES}; {CARD_APPROVES}"),
    "R-home-6": BrokenHistory("a complaint of an outage stays when it is over", "network down; press 1000 OK; network up"),
    "R-order-3": BrokenHistory("an order arrives without a tone", "order 1 500"),
    "R-ending-7": BrokenHistory("what was forwarded is booked in full where a part was approved", f"{KEPT}; host answers partial:400; network up; wait 2s"),
    "R-language-2": BrokenHistory("the customer's display speaks the seller's language", "press 1000 OK; insert visa-credit-fr; wait 2s"),
    "R-reader-5": BrokenHistory("a tap is read before it is refused", "network down; press 1000 OK; tap-card visa-credit"),
    "R-paper-16": BrokenHistory("a receipt by message is offered once more", f"{PAID_Q}; tap id:digital-receipt; press 5145551234 OK"),
}  # fmt: skip

# The rules that have more sides than one: the same for another side.
OTHER_SIDES: tuple[tuple[str, BrokenHistory], ...] = (
    ("R-message-6", BrokenHistory("a closed app forwards nothing at all", "service down; press 1000 OK; insert visa-credit; press OK; remove card; fault app closed; service up; wait 2s")),
    ("R-message-6", BrokenHistory("an app that is opened forwards nothing", f"{KEPT}; fault app closed; network up; wait 2s; fault app open; wait 2s")),
    ("R-banner-2", BrokenHistory("the countdown runs although no payments are allowed", "network down; press 1")),
    ("R-order-2", BrokenHistory("an order that arrives on the open list counts as new", "tap id:orders; order 1 500")),
    ("R-offline-6", BrokenHistory("a limit of nothing is taken", f"{SETTINGS}; tap id:offline-limit; press 0 OK")),
    ("R-list-4", BrokenHistory("a payment that is looked at stays as it was picked", f"{KEPT}; tap id:transactions; tap id:txn-1; network up; wait 2s")),
    ("R-result-1", BrokenHistory("a payment that is accepted offline sounds not at all", KEPT)),
    ("R-way-4", BrokenHistory("other ways of paying are offered where the chip is asked for", "press 1000 OK; swipe visa-credit")),
    ("R-paper-16", BrokenHistory("the first digits of a telephone number are shown", f"{PAID_Q}; tap id:digital-receipt; press 5145551234 OK")),
    ("R-ending-6", BrokenHistory("what was forwarded has no approval code", f"{KEPT}; network up; wait 2s")),
    ("R-ending-6", BrokenHistory("what was forwarded has no reference of the acquirer", f"{KEPT}; network up; wait 2s")),
)  # fmt: skip
