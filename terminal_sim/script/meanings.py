"""What the names mean that the tables of other rooms only list: fields of rows, features, answers, steps of a card, variables.

A test holds each table to the list whose names it explains, so that none is missing and none is left over.
"""

from __future__ import annotations

FIELDS = {
    "act": "what was done with the merchant's account: `sign-in`, or the flow that left it",
    "aid": "application of the card (EMV tag 84), in hexadecimal",
    "allowed": "whether the merchant allows offline payments: `yes` or `no`",
    "amount": "amount in minor units: `1000` is 10.00",
    "anchor": "moment from which the time of an offline payment counts, in microseconds of virtual time",
    "answer": "what became of the newest payment or refund that the point of sale asked for",
    "at": "civil time of the terminal",
    "auth-code": "authorisation code in the answer (ISO 8583, DE 38)",
    "auth_code": "authorisation code of the issuer (ISO 8583, DE 38)",
    "authorised": "amount of a partial approval, in minor units",
    "avs": "result of the address check, as the acquirer answered it",
    "avs_result": "result of the address check",
    "attempts": "how many times the message was sent in vain",
    "batch": "number of the terminal's batch",
    "boot": "how many times the terminal has started",
    "brand": "brand of the card",
    "by": "microseconds by which the wall clock was set forward",
    "card": "brand and last four digits",
    "copy": "copy of the receipt: `merchant` or `customer`, `report` for that of a batch, or `document` for what a point of sale has printed",
    "cryptogram": "what the card's cryptogram says: `TC`, `ARQC` or `AAC`",
    "currency": "currency (ISO 4217)",
    "cvm": "how the cardholder was verified",
    "deadline": "moment at which a waiting payment expires, in microseconds of virtual time",
    "digest": "digest of a new passcode",
    "entry": "how the card's data came in (ISO 8583, DE 22)",
    "failures": "wrong passcodes in a row",
    "fallback": "`chip` where the stripe was read since the chip could not be",
    "host-reference": "acquirer's reference in its answer (ISO 8583, DE 37)",
    "host_reference": "acquirer's reference (ISO 8583, DE 37)",
    "in_doubt": "payments that the terminal resolves first after it has started",
    "kind": "kind of the row or message",
    "label": "name of the card's application",
    "language": "language of the cardholder, where the card says it",
    "last4": "last four digits of the card number",
    "limit": "largest offline payment that the merchant allows, in minor units",
    "locked_until": "end of a lock, in microseconds of virtual time",
    "message": "kind of the message that is not answered",
    "merchant": "merchant number (ISO 8583, DE 42)",
    "model": "profile that the terminal has",
    "mti": "message type of four digits (ISO 8583)",
    "name": "which passcode it is",
    "script": "issuer scripts in the answer, as `host sends` words them",
    "script-results": "results of issuer scripts (9F5B), five bytes for each as hex digits",
    "card-scripts": "script commands that the card got last, as it says itself: `1`, or `1, failed`",
    "note": "what made the acquirer decide so",
    "notice": "id of the wording with which the terminal ended the payment",
    "number": "number of the online order",
    "original": "reference of the payment that a void, refund, reversal or receipt belongs to",
    "original-stan": "trace number of that payment (ISO 8583, DE 90)",
    "outage": "what was out of reach when the payment was taken: `network` or `service`",
    "paid": "sum that was paid, in minor units",
    "pan": "card number, masked",
    "payment": "codes of the payment types that the sale was paid with",
    "payments": "number of offline payments that were lost",
    "postal-code": "postal code that was typed for the address check",
    "reason": "why it happened",
    "reasons": "why card and terminal decided so: rules, each with the bits that it set (`help rules`)",
    "reference": "terminal's own name of the payment",
    "refunds": "how many refunds a batch has",
    "refunds_sum": "their sum, in minor units",
    "refunded": "sum that was given back, in minor units",
    "register": "register of the point of sale",
    "request": "point of sale's name for what it asked",
    "requested": "amount that was asked for, in minor units, where it was approved in part",
    "response": "response code of the answer, also where the answer got lost (ISO 8583, DE 39)",
    "response_code": "response code of the answer (ISO 8583, DE 39)",
    "result": "what came of a passcode: `accepted`, `wrong` or `changed`",
    "sales": "how many sales a batch has, those among them that were voided",
    "sales_sum": "their sum, in minor units",
    "sealed": "card data of an offline payment, enciphered",
    "sequence": "sequence number of the card (EMV tag 5F34)",
    "server": "who served, as the point of sale says it",
    "stan": "trace number (ISO 8583, DE 11)",
    "state": "state from now on; of a payment or a batch one of the words of `help states`",
    "status": "state of the payment in the words of the report",
    "street-number": "street number that was typed for the address check",
    "sum": "sum of the offline payments that were lost, in minor units",
    "terminal": "name of the terminal",
    "text": "text of the online order",
    "ticket": "ticket of the point of sale",
    "time": "civil time",
    "transaction": "kind of payment for which the card was refused",
    "voids": "how many voids a batch has",
    "voids_sum": "their sum, in minor units",
    "verdict": "how the conversation with the card ended",
    "to": "last digits of the telephone number that a receipt goes to",
    "type": "type of the transaction: `Sale`, `Refund`, `Void` or `Reversal`",
}

STATES = {
    "AUTH_SENT": "The request has left and is not answered yet; after a power cut it is reversed.",
    "COMPLETED": "Approved, and it counts.",
    "DECLINED": "The issuer, the card or the terminal refused it.",
    "REVERSAL_PENDING": "A reversal is on its way and is repeated until it is answered.",
    "REVERSED": "It was reversed and does not count.",
    "VOIDED": "It was voided from the history.",
    "PENDING": "Taken offline; it waits to be forwarded. Of a batch: it is closed at the terminal, and the acquirer is asked.",
    "FORWARD_SENT": "Taken offline; it has left and is repeated until it is answered.",
    "EXPIRED": "Taken offline and not forwarded before its deadline.",
    "LOST": "Taken offline; its card data is gone, and it was never charged.",
    "UPLOADING": "A batch of which the acquirer has other totals; its payments are sent anew.",
    "SETTLED": "A batch that the acquirer has closed.",
}

ENTRIES = {
    "chip": "The card was inserted.",
    "contactless": "The card, or a phone, was held to the reader.",
    "stripe": "The card was swiped.",
    "keyed": "The card number was typed.",
}

MESSAGES = {
    "sale": "A purchase with a card that is there.",
    "moto": "A purchase by mail or telephone order: the card number was typed.",
    "void": "A completed payment is taken back, in the batch that is open then.",
    "refund": "Money goes back to a card.",
    "reversal": "A request whose end is unknown is taken back.",
    "advice": "An offline payment is forwarded.",
    "reconciliation": "A batch is closed: the acquirer compares its totals.",
    "batch-upload": "A payment of a batch that is out of balance is sent anew.",
    "batch-close": "The batch is closed behind its upload.",
    "card-advice": "The issuer hears what a card said in the end: results of his scripts, or a decline that it asks to be told of.",
}

FEATURES = {
    "4g": "It has a mobile link.",
    "app": "Its firmware is an app, which can be closed and lose its reader.",
    "battery": "It has a battery.",
    "bluetooth": "It is linked by Bluetooth.",
    "checkout": "It has a checkout of a point of sale.",
    "chip": "It takes chip cards.",
    "clearpay": "Its checkout offers Clearpay.",
    "contactless": "It takes contactless cards and phones.",
    "countdown": "It shows the time left for offline payments.",
    "digital-receipt": "It offers receipts by message.",
    "ethernet": "It has a wired link.",
    "gift-card": "It takes Square gift cards.",
    "keyed": "Card numbers can be typed.",
    "keypad": "It has real keys below its screen.",
    "lights": "It has lights.",
    "manual-entry": "Its checkout offers manual card entry.",
    "moto": "It offers payments by mail or telephone order.",
    "offline": "The model can take offline payments; whether it may is the option `offline.allowed`.",
    "offline-contactless": "It takes contactless cards offline.",
    "offline-settings": "The merchant can change the rules of offline payments.",
    "orders": "It shows online orders.",
    "passcode": "It has passcodes.",
    "printer": "It has a printer.",
    "settlement": "Its payments are settled in batches.",
    "standalone": "It works without a point of sale.",
    "status-bar": "It shows time, link and battery above its first screen.",
    "stripe": "It takes magnetic stripes.",
    "touch": "It has a screen that can be touched.",
    "two-displays": "It has a display for the seller and one for the customer.",
    "unreferenced-refunds": "It offers refunds without a payment.",
    "usb": "It is linked by USB.",
    "void": "It voids payments from its history.",
    "wifi": "It has a wireless link.",
}

ANSWERS = {
    "approved": ("approved", "The host approves, whatever its accounts and rules say."),
    "declined": ("declined", "The host declines with the response code 05."),
    "declined:CODE": ("declined:51", "The host declines with this response code of two letters or digits."),
    "partial:AMOUNT": ("partial:500", "The host approves this amount, in minor units, of a larger payment."),
    "timeout": ("timeout", "The host decides as usual, and its answer never arrives."),
    "late:TIME": ("late:30s", "The host decides as usual, and its answer arrives later by this time."),
    "garbage": ("garbage", "The host decides as usual, and bytes arrive that are no message."),
}
"""Each form with an example, and what it means."""

SCRIPTS = {
    "HEX...": ("841E000008A1B2C3D4E5F60718", "These commands for the card, each as it is, in a script 72."),
    "72 HEX...": (
        "72 841E000008A1B2C3D4E5F60718",
        "A script that the terminal gives to the card after the final GENERATE AC.",
    ),
    "71 HEX...": (
        "71 841E000008A1B2C3D4E5F60718",
        "A script that the terminal gives to the card before the final GENERATE AC.",
    ),
    "unblock-pin": ("unblock-pin", "The card gets all its PIN tries back."),
    "change-pin PIN": ("change-pin 4321", "The card gets another PIN, which the issuer takes from now on."),
    "change-pin-by-old OLD PIN": (
        "change-pin-by-old 1234 4321",
        "The same on a card of Visa, where the old PIN is the card's.",
    ),
    "block-application": ("block-application", "The application declines from now on."),
    "unblock-application": ("unblock-application", "The application is in use again."),
    "block-card": ("block-card", "The card answers no selection any more."),
    "put-data TAG VALUE": ("put-data 9F14 05", "The card gets another value of this data object."),
    "update-record SFI NUMBER VALUE": (
        "update-record 2 1 70035F3401",
        "The card gets another record, whole, in the file of this short identifier.",
    ),
}
"""Each form with an example, and what it means."""

STEPS = {
    "select": "the application is selected",
    "gpo": "the processing options are read (GET PROCESSING OPTIONS)",
    "read": "the records are read",
    "genac1": "the first cryptogram is made (GENERATE AC)",
    "online": "the issuer is asked",
    "genac2": "the second cryptogram is made",
    "apdu": "`apdu N`: the card has answered N commands",
}

LIGHT_STATES = {"off": "It is dark.", "on": "It waits for a card.", "green": "The payment is approved."}

VARIABLES = {
    "profile": "the name of the terminal's profile",
    "locale": "the terminal's language, such as `en-CA`",
    "card.pin": "the PIN of the card last named",
    "card.pan": "the number of the card last named",
    "card.last4": "the last four digits of the card last named",
    "card.expiry": "the expiry of the card last named, as it is typed: MMYY",
    "card.cvc": "the security code of the card last named",
}

PASSCODE_VARIABLE = "the passcode of this name that the terminal is delivered with"

KEYS = {
    "OK": "confirms",
    "CANCEL": "cancels, or goes back",
    "CLEAR": "deletes one character",
    "MENU": "opens the menu where there is one",
    "UP": "goes up in a list",
    "DOWN": "goes down in a list",
    "F1": "a key for functions",
    "*": "a key for functions",
}

TIMES = {
    "500ms": "half a second",
    "5s": "five seconds",
    "2min": "two minutes",
    "24h": "24 hours",
    "1d": "one day",
    "23h59min": "several units, the larger first",
}
