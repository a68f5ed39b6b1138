"""The rules by which a kernel decides: each with the name that scripts use, its paragraph, and what it says in words.

`B1` to `B4` are the EMV 4.4 Books, `A`, `B`, `C-2` and `C-3` the Contactless Books.
"""

from __future__ import annotations

from typing import Self

from msgspec import Struct

from terminal_sim.identity_enum import IdentityEnum


class Rule(IdentityEnum):
    """The value is the name; `paragraph` is where the rule stands, `sentence` what has happened where it is a reason."""

    paragraph: str
    sentence: str

    def __new__(cls, name: str, paragraph: str = "", sentence: str = "") -> Self:
        rule = object.__new__(cls)
        rule._value_ = name
        rule.paragraph = paragraph
        rule.sentence = sentence
        return rule

    # The card and the link to it.
    CARD_ERROR = "card.error", "B3 7.5", "the card broke a rule of its conversation"
    CARD_REMOVED = "card.removed", "B4 6.3", "the card left before the transaction was complete"
    CARD_MUTE = "card.mute", "B1 9", "the card does not answer"
    CARD_UNREADABLE = "card.unreadable", "B1 9", "the link to the card was disturbed"
    COMMAND_BLOCKED = "card.command-blocked", "B3 6.3.5", "the card says that it is blocked"

    # Application selection.
    SELECT_CARD_BLOCKED = "select.card-blocked", "B1 12.3.2", "the card is blocked"
    SELECT_APPLICATION_BLOCKED = "select.application-blocked", "B1 12.3.3", "the application is blocked"
    SELECT_NONE_SHARED = "select.none-shared", "B1 12.4", "card and terminal share no application"
    SELECT_NONE_LEFT = "select.none-left", "B1 12.4", "no application of this card can be selected"
    SELECT_UNREADABLE = "select.unreadable", "B1 12.3", "the chip cannot be read"
    SELECT_REFUSED = "select.refused", "B1 12.3.3", "the chip refuses to select an application"
    SELECT_NOT_CONTACTLESS = (
        "select.not-contactless",
        "B 3.3.2",
        "no application of this card is offered contactless",
    )
    SELECT_CONTACTLESS_NONE_LEFT = (
        "select.contactless-none-left",
        "B 3.3.3",
        "no application of this card can be used contactless",
    )

    # Offline data authentication.
    ODA_NOT_PERFORMED = "oda.not-performed", "B3 10.3", "offline data authentication was not performed"
    ODA_DATA_MISSING = "oda.data-missing", "B3 7.5", "the card lacks data that its authentication needs"
    ODA_SDA_SELECTED = (
        "oda.sda-selected",
        "B3 10.3",
        "card and terminal share no more than static data authentication",
    )
    ODA_SDA_FAILED = "oda.sda-failed", "B2 5", "the card's static data were not authenticated"
    ODA_DDA_FAILED = "oda.dda-failed", "B2 6.5", "the card did not prove that it is no copy"
    ODA_CDA_FAILED = "oda.cda-failed", "B2 6.6", "the card did not prove that its cryptogram is its own"

    # Processing restrictions.
    RESTRICT_VERSION = "restrictions.version", "B3 10.4.1", "card and terminal have different versions"
    RESTRICT_USAGE = (
        "restrictions.usage",
        "B3 10.4.2",
        "the card does not allow this kind of transaction here",
    )
    RESTRICT_NOT_YET = "restrictions.not-yet-effective", "B3 10.4.3", "the application is not yet effective"
    RESTRICT_EXPIRED = "restrictions.expired", "B3 10.4.3", "the application has expired"

    # Cardholder verification.
    CVM_LIST_MISSING = "cvm.list-missing", "B4 6.3.4.5", "the card has no list of verification methods"
    CVM_UNRECOGNISED = "cvm.unrecognised", "B3 10.5", "the terminal does not know a method of the card's list"
    CVM_FAILED = "cvm.failed", "B3 10.5", "the cardholder was not verified"
    CVM_PIN_PAD_MISSING = "cvm.pin-pad-missing", "B3 10.5.1", "the terminal takes no PIN of this kind"
    CVM_PIN_BYPASSED = "cvm.pin-bypassed", "B4 6.3.4.3", "the PIN was not entered"
    CVM_PIN_TRIES_EXCEEDED = "cvm.pin-tries-exceeded", "B3 10.5.1", "the tries of the PIN are used up"
    CVM_PIN_KEY_MISSING = (
        "cvm.pin-key-missing",
        "B2 7.1",
        "the card has no good certificate of a key for an enciphered PIN",
    )
    CVM_NO_CHALLENGE = "cvm.no-challenge", "B2 7.2", "the card gives no challenge for an enciphered PIN"
    CVM_ONLINE_PIN = "cvm.online-pin", "B3 10.5.2", "a PIN was entered for the issuer"
    CVM_NONE_SHARED = (
        "cvm.none-shared",
        "C-3 5.7",
        "card and terminal share no way to verify the cardholder",
    )

    # Terminal risk management and action analysis.
    RISK_FLOOR_LIMIT = "risk.floor-limit", "B3 10.6.1", "the amount reaches the floor limit"
    RISK_EXCEPTION_FILE = "risk.exception-file", "B4 6.3.5", "the card is on the exception file"
    RISK_MERCHANT_FORCED = (
        "risk.merchant-forced",
        "B3 10.6",
        "the merchant wants the issuer to be asked",
    )
    RISK_RANDOM = "risk.random", "B3 10.6.2", "the transaction was selected at random for the issuer"
    RISK_LOWER_LIMIT = (
        "risk.lower-limit",
        "B3 10.6.3",
        "the card has paid offline more often than its lower limit",
    )
    RISK_UPPER_LIMIT = (
        "risk.upper-limit",
        "B3 10.6.3",
        "the card has paid offline more often than its upper limit",
    )
    RISK_NO_COUNTER = (
        "risk.no-counter",
        "B3 10.6.3",
        "the card does not say how often it has paid offline",
    )
    RISK_NEW_CARD = "risk.new-card", "B3 10.6.3", "the card was never online"
    TAA_ONLINE = "taa.online", "B3 10.7", "the online codes meet the verification results"
    TAA_DENIAL = "taa.denial", "B3 10.7", "the denial codes meet the verification results"
    TAA_DEFAULT = (
        "taa.default",
        "B3 10.7",
        "the default codes meet the verification results",
    )

    # The card's and the issuer's word.
    CARD_DECLINED = "card.declined", "B3 9.2", "declined by the card"
    CARD_APPROVED_OFFLINE = "card.approved-offline", "B3 9.3", "approved offline by the card"
    TERMINAL_DECLINED = "terminal.declined", "B3 10.7", "declined by the terminal"
    CARD_SERVICE_NOT_ALLOWED = (
        "card.service-not-allowed",
        "B3 10.8",
        "the card does not allow this service",
    )
    CARD_OFFLINE_UNPROVEN = (
        "card.offline-unproven",
        "C-3 5.6",
        "the card would approve offline, which nothing here can check",
    )
    ISSUER_DECLINED = "issuer.declined", "B3 10.9", "declined by the issuer"
    ISSUER_REFERRAL = "issuer.referral", "B4 12.2.2", "the issuer wants to be called"
    CARD_ADVICE = "card.advice", "B3 10.8", "the card wants its issuer to be advised"
    ISSUER_UNREACHED = "issuer.unreached", "B3 10.9", "the issuer could not be reached"
    ISSUER_AUTHENTICATION_FAILED = (
        "issuer.authentication-failed",
        "B3 10.9",
        "the card does not take the answer for its issuer's",
    )
    SCRIPT_FAILED = "issuer.script-failed", "B3 10.10", "the card refused a command of the issuer's script"
    ISSUER_UPDATE_MISSED = (
        "issuer.update-missed",
        "C-3 5.9",
        "the card was not there for what its issuer sent",
    )
    ISSUER_UPDATE_FAILED = (
        "issuer.update-failed",
        "C-3 5.9",
        "the card did not take what its issuer sent",
    )
    DEFAULT_TDOL = "card.default-tdol", "B3 9.2.2", "the card has no TDOL and the terminal's default was used"

    # Contactless.
    CONTACTLESS_OTHER_INTERFACE = (
        "contactless.other-interface",
        "C-3 4.2",
        "the card wants the contact interface",
    )
    CONTACTLESS_COLLISION = (
        "contactless.collision",
        "A 9.4",
        "several cards were in the field",
    )
    CONTACTLESS_NO_KERNEL = (
        "contactless.no-kernel",
        "B 3.3.2",
        "the card asks for a contactless kernel that this terminal does not have",
    )
    CONTACTLESS_NOT_ALLOWED = (
        "contactless.not-allowed",
        "B 3.1.1",
        "the terminal takes no tap of this amount",
    )
    RELAY_NOT_PERFORMED = "relay.not-performed", "C-2 3.10", "the card has no relay resistance protocol"
    RELAY_TOO_FAST = "relay.too-fast", "C-2 3.10", "the card answered faster than it says it can"
    RELAY_TIME_LIMITS = "relay.time-limits", "C-2 3.10", "the card took longer than it says it can"
    RELAY_THRESHOLD = "relay.threshold", "C-2 3.10", "the times of card and terminal do not fit each other"
    TORN_KEPT = "torn.kept", "C-2 3.7", "the card left in the middle and is wanted once more"
    TORN_RECOVERED = "torn.recovered", "C-2 3.7", "the cryptogram of the torn transaction was recovered"
    CONTACTLESS_SEE_PHONE = (
        "contactless.see-phone",
        "C-3 4.2",
        "the device wants its owner's consent: look at it and tap again",
    )


class Reason(Struct, frozen=True):
    """One reason of an outcome: the `rule`, the element `tag` that shows it (0 for none), the names of the `bits` it set there.

    `detail` says what this card or issuer did, without card data; empty where the rule's sentence says it all.
    """

    rule: Rule
    tag: int = 0
    bits: tuple[str, ...] = ()
    detail: str = ""

    @property
    def text(self) -> str:
        """What happened, in words."""
        return self.detail or self.rule.sentence
