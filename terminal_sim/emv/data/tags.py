"""The data dictionary: the data elements that the kernel, the cards and the trace know (EMV Book 3, Annex A).

Elements of the contactless books (9F66, 9F6C, 9F6B ...) carry the meaning of Book C-3 and C-2. `sensitive` marks cardholder
data and everything that identifies the card: it never leaves this process in clear.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec import Struct

from terminal_sim.emv.data import fields
from terminal_sim.emv.data.fields import FormatError


class DataSource(Enum):
    """Where a data element comes from (Book 3, annex A1)."""

    CARD = "card"
    TERMINAL = "terminal"
    ISSUER = "issuer"


class DataFormat(Enum):
    """How a value is justified and padded (Book 3, 4.3 and 5.4)."""

    N = "n"
    CN = "cn"
    AN = "an"
    ANS = "ans"
    B = "b"


_NUMERIC: Final = DataFormat.N
_COMPRESSED: Final = DataFormat.CN


class DataElement(Struct, frozen=True):
    """`shortest` and `longest` in bytes; `template` is the usual parent, 0 for none."""

    tag: int
    name: str
    source: DataSource
    format: DataFormat
    shortest: int
    longest: int
    template: int = 0
    sensitive: bool = False

    def check(self, value: bytes) -> None:
        """Raises `FormatError` where the length or a digit is wrong; the message never shows the value."""
        if not self.shortest <= len(value) <= self.longest:
            raise FormatError(f"{self.name} ({self.tag:X}) has {len(value)} bytes")
        try:
            if self.format is _NUMERIC:
                fields.digits(value)
            elif self.format is _COMPRESSED:
                fields.compressed(value)
            if self.tag in (EXPIRATION_DATE, EFFECTIVE_DATE):
                fields.date(value)
        except FormatError as error:
            raise FormatError(f"{self.name} ({self.tag:X}): {error}") from None


ISSUER_IDENTIFICATION: Final = 0x42
AID_CARD: Final = 0x4F
LABEL: Final = 0x50
TRACK_1: Final = 0x56
TRACK_2: Final = 0x57
PAN: Final = 0x5A
APPLICATION_TEMPLATE: Final = 0x61
FCI: Final = 0x6F
RECORD: Final = 0x70
SCRIPT_BEFORE: Final = 0x71
SCRIPT_AFTER: Final = 0x72
RESPONSE_FORMAT_2: Final = 0x77
RESPONSE_FORMAT_1: Final = 0x80
AMOUNT_BINARY: Final = 0x81
AIP: Final = 0x82
COMMAND_TEMPLATE: Final = 0x83
DF_NAME: Final = 0x84
SCRIPT_COMMAND: Final = 0x86
PRIORITY: Final = 0x87
DIRECTORY_SFI: Final = 0x88
AUTHORISATION_RESPONSE_CODE: Final = 0x8A
CDOL1: Final = 0x8C
CDOL2: Final = 0x8D
CVM_LIST: Final = 0x8E
CA_KEY_INDEX: Final = 0x8F
ISSUER_CERTIFICATE: Final = 0x90
ISSUER_AUTHENTICATION_DATA: Final = 0x91
ISSUER_KEY_REMAINDER: Final = 0x92
SIGNED_STATIC_DATA: Final = 0x93
AFL: Final = 0x94
TVR: Final = 0x95
TDOL: Final = 0x97
TC_HASH: Final = 0x98
DATE: Final = 0x9A
TSI: Final = 0x9B
TRANSACTION_TYPE: Final = 0x9C
FCI_PROPRIETARY: Final = 0xA5
CARDHOLDER_NAME: Final = 0x5F20
EXPIRATION_DATE: Final = 0x5F24
EFFECTIVE_DATE: Final = 0x5F25
ISSUER_COUNTRY: Final = 0x5F28
CURRENCY: Final = 0x5F2A
LANGUAGES: Final = 0x5F2D
SERVICE_CODE: Final = 0x5F30
PAN_SEQUENCE: Final = 0x5F34
CURRENCY_EXPONENT: Final = 0x5F36
AMOUNT: Final = 0x9F02
AMOUNT_OTHER: Final = 0x9F03
AMOUNT_OTHER_BINARY: Final = 0x9F04
AID_TERMINAL: Final = 0x9F06
USAGE_CONTROL: Final = 0x9F07
VERSION_CARD: Final = 0x9F08
VERSION_TERMINAL: Final = 0x9F09
IAC_DEFAULT: Final = 0x9F0D
IAC_DENIAL: Final = 0x9F0E
IAC_ONLINE: Final = 0x9F0F
ISSUER_APPLICATION_DATA: Final = 0x9F10
CODE_TABLE: Final = 0x9F11
PREFERRED_NAME: Final = 0x9F12
LAST_ONLINE_ATC: Final = 0x9F13
LOWER_OFFLINE_LIMIT: Final = 0x9F14
MERCHANT_CATEGORY: Final = 0x9F15
MERCHANT_ID: Final = 0x9F16
PIN_TRY_COUNTER: Final = 0x9F17
SCRIPT_IDENTIFIER: Final = 0x9F18
TERMINAL_COUNTRY: Final = 0x9F1A
FLOOR_LIMIT: Final = 0x9F1B
TERMINAL_ID: Final = 0x9F1C
TIME: Final = 0x9F21
UPPER_OFFLINE_LIMIT: Final = 0x9F23
CRYPTOGRAM: Final = 0x9F26
CRYPTOGRAM_INFORMATION: Final = 0x9F27
EXTENDED_SELECTION: Final = 0x9F29
KERNEL_IDENTIFIER: Final = 0x9F2A
PIN_CERTIFICATE: Final = 0x9F2D
PIN_KEY_EXPONENT: Final = 0x9F2E
PIN_KEY_REMAINDER: Final = 0x9F2F
ISSUER_KEY_EXPONENT: Final = 0x9F32
CAPABILITIES: Final = 0x9F33
CVM_RESULTS: Final = 0x9F34
TERMINAL_TYPE: Final = 0x9F35
ATC: Final = 0x9F36
UNPREDICTABLE_NUMBER: Final = 0x9F37
PDOL: Final = 0x9F38
ENTRY_MODE: Final = 0x9F39
ADDITIONAL_CAPABILITIES: Final = 0x9F40
SEQUENCE_COUNTER: Final = 0x9F41
APPLICATION_CURRENCY: Final = 0x9F42
APPLICATION_CURRENCY_EXPONENT: Final = 0x9F44
DATA_AUTHENTICATION_CODE: Final = 0x9F45
ICC_CERTIFICATE: Final = 0x9F46
ICC_KEY_EXPONENT: Final = 0x9F47
ICC_KEY_REMAINDER: Final = 0x9F48
DDOL: Final = 0x9F49
STATIC_TAG_LIST: Final = 0x9F4A
SIGNED_DYNAMIC_DATA: Final = 0x9F4B
LOG_ENTRY: Final = 0x9F4D
LOG_FORMAT: Final = 0x9F4F
DRDOL: Final = 0x9F51
ICC_DYNAMIC_NUMBER: Final = 0x9F4C
APPLICATION_PROGRAM: Final = 0x9F5A
SCRIPT_RESULTS: Final = 0x9F5B
TTQ: Final = 0x9F66
CARD_AUTHENTICATION_DATA: Final = 0x9F69
CTQ: Final = 0x9F6C
FORM_FACTOR: Final = 0x9F6E
FCI_DISCRETIONARY: Final = 0xBF0C

_CARD, _TERMINAL, _ISSUER = DataSource.CARD, DataSource.TERMINAL, DataSource.ISSUER
_N, _CN, _AN, _ANS, _B = DataFormat.N, DataFormat.CN, DataFormat.AN, DataFormat.ANS, DataFormat.B

DICTIONARY: Final[dict[int, DataElement]] = {
    element.tag: element
    for element in (
        DataElement(
            ISSUER_IDENTIFICATION, "Issuer Identification Number", _CARD, _N, 3, 4, FCI_DISCRETIONARY, True
        ),
        DataElement(AID_CARD, "Application Identifier (card)", _CARD, _B, 5, 16, APPLICATION_TEMPLATE),
        DataElement(LABEL, "Application Label", _CARD, _ANS, 1, 16, FCI_PROPRIETARY),
        DataElement(TRACK_1, "Track 1 Data", _CARD, _ANS, 0, 76, RECORD, True),
        DataElement(TRACK_2, "Track 2 Equivalent Data", _CARD, _B, 1, 19, RECORD, True),
        DataElement(PAN, "Application Primary Account Number", _CARD, _CN, 1, 10, RECORD, True),
        DataElement(AMOUNT_BINARY, "Amount, Authorised (Binary)", _TERMINAL, _B, 4, 4),
        DataElement(AIP, "Application Interchange Profile", _CARD, _B, 2, 2, RESPONSE_FORMAT_2),
        DataElement(DF_NAME, "Dedicated File Name", _CARD, _B, 5, 16, FCI),
        DataElement(SCRIPT_COMMAND, "Issuer Script Command", _ISSUER, _B, 1, 261, SCRIPT_BEFORE),
        DataElement(PRIORITY, "Application Priority Indicator", _CARD, _B, 1, 1, FCI_PROPRIETARY),
        DataElement(DIRECTORY_SFI, "Short File Identifier", _CARD, _B, 1, 1, FCI_PROPRIETARY),
        DataElement(AUTHORISATION_RESPONSE_CODE, "Authorisation Response Code", _ISSUER, _AN, 2, 2),
        DataElement(CDOL1, "Card Risk Management DOL 1", _CARD, _B, 2, 252, RECORD),
        DataElement(CDOL2, "Card Risk Management DOL 2", _CARD, _B, 2, 252, RECORD),
        DataElement(CVM_LIST, "Cardholder Verification Method List", _CARD, _B, 8, 252, RECORD),
        DataElement(CA_KEY_INDEX, "Certification Authority Public Key Index (card)", _CARD, _B, 1, 1, RECORD),
        DataElement(ISSUER_CERTIFICATE, "Issuer Public Key Certificate", _CARD, _B, 1, 248, RECORD),
        DataElement(ISSUER_AUTHENTICATION_DATA, "Issuer Authentication Data", _ISSUER, _B, 8, 16),
        DataElement(ISSUER_KEY_REMAINDER, "Issuer Public Key Remainder", _CARD, _B, 0, 248, RECORD),
        DataElement(SIGNED_STATIC_DATA, "Signed Static Application Data", _CARD, _B, 1, 248, RECORD, True),
        DataElement(AFL, "Application File Locator", _CARD, _B, 0, 252, RESPONSE_FORMAT_2),
        DataElement(TVR, "Terminal Verification Results", _TERMINAL, _B, 5, 5),
        DataElement(TDOL, "Transaction Certificate DOL", _CARD, _B, 0, 252, RECORD),
        DataElement(TC_HASH, "TC Hash Value", _TERMINAL, _B, 20, 20),
        DataElement(DATE, "Transaction Date", _TERMINAL, _N, 3, 3),
        DataElement(TSI, "Transaction Status Information", _TERMINAL, _B, 2, 2),
        DataElement(TRANSACTION_TYPE, "Transaction Type", _TERMINAL, _N, 1, 1),
        DataElement(CARDHOLDER_NAME, "Cardholder Name", _CARD, _ANS, 0, 26, RECORD, True),
        DataElement(EXPIRATION_DATE, "Application Expiration Date", _CARD, _N, 3, 3, RECORD, True),
        DataElement(EFFECTIVE_DATE, "Application Effective Date", _CARD, _N, 3, 3, RECORD),
        DataElement(ISSUER_COUNTRY, "Issuer Country Code", _CARD, _N, 2, 2, RECORD),
        DataElement(CURRENCY, "Transaction Currency Code", _TERMINAL, _N, 2, 2),
        DataElement(LANGUAGES, "Language Preference", _CARD, _AN, 2, 8, FCI_PROPRIETARY),
        DataElement(SERVICE_CODE, "Service Code", _CARD, _N, 2, 2, RECORD),
        DataElement(PAN_SEQUENCE, "PAN Sequence Number", _CARD, _N, 1, 1, RECORD),
        DataElement(CURRENCY_EXPONENT, "Transaction Currency Exponent", _TERMINAL, _N, 1, 1),
        DataElement(AMOUNT, "Amount, Authorised", _TERMINAL, _N, 6, 6),
        DataElement(AMOUNT_OTHER, "Amount, Other", _TERMINAL, _N, 6, 6),
        DataElement(AMOUNT_OTHER_BINARY, "Amount, Other (Binary)", _TERMINAL, _B, 4, 4),
        DataElement(0x9F05, "Application Discretionary Data", _CARD, _B, 1, 32, RECORD, True),
        DataElement(AID_TERMINAL, "Application Identifier (terminal)", _TERMINAL, _B, 5, 16),
        DataElement(USAGE_CONTROL, "Application Usage Control", _CARD, _B, 2, 2, RECORD),
        DataElement(VERSION_CARD, "Application Version Number (card)", _CARD, _B, 2, 2, RECORD),
        DataElement(VERSION_TERMINAL, "Application Version Number (terminal)", _TERMINAL, _B, 2, 2),
        DataElement(0x9F0B, "Cardholder Name Extended", _CARD, _ANS, 0, 45, RECORD, True),
        DataElement(IAC_DEFAULT, "Issuer Action Code, Default", _CARD, _B, 5, 5, RECORD),
        DataElement(IAC_DENIAL, "Issuer Action Code, Denial", _CARD, _B, 5, 5, RECORD),
        DataElement(IAC_ONLINE, "Issuer Action Code, Online", _CARD, _B, 5, 5, RECORD),
        DataElement(ISSUER_APPLICATION_DATA, "Issuer Application Data", _CARD, _B, 0, 32, RESPONSE_FORMAT_2),
        DataElement(CODE_TABLE, "Issuer Code Table Index", _CARD, _N, 1, 1, FCI_PROPRIETARY),
        DataElement(PREFERRED_NAME, "Application Preferred Name", _CARD, _ANS, 1, 16, FCI_PROPRIETARY),
        DataElement(MERCHANT_CATEGORY, "Merchant Category Code", _TERMINAL, _N, 2, 2),
        DataElement(MERCHANT_ID, "Merchant Identifier", _TERMINAL, _ANS, 15, 15),
        DataElement(LAST_ONLINE_ATC, "Last Online ATC Register", _CARD, _B, 2, 2),
        DataElement(LOWER_OFFLINE_LIMIT, "Lower Consecutive Offline Limit", _CARD, _B, 1, 1, RECORD),
        DataElement(PIN_TRY_COUNTER, "PIN Try Counter", _CARD, _B, 1, 1),
        DataElement(0x9F19, "Token Requestor ID", _CARD, _N, 6, 6, RECORD),
        DataElement(SCRIPT_IDENTIFIER, "Issuer Script Identifier", _ISSUER, _B, 4, 4, SCRIPT_BEFORE),
        DataElement(TERMINAL_COUNTRY, "Terminal Country Code", _TERMINAL, _N, 2, 2),
        DataElement(FLOOR_LIMIT, "Terminal Floor Limit", _TERMINAL, _B, 4, 4),
        DataElement(TERMINAL_ID, "Terminal Identification", _TERMINAL, _AN, 8, 8),
        DataElement(0x9F1F, "Track 1 Discretionary Data", _CARD, _ANS, 0, 54, RECORD, True),
        DataElement(0x9F20, "Track 2 Discretionary Data", _CARD, _CN, 0, 15, RECORD, True),
        DataElement(TIME, "Transaction Time", _TERMINAL, _N, 3, 3),
        DataElement(UPPER_OFFLINE_LIMIT, "Upper Consecutive Offline Limit", _CARD, _B, 1, 1, RECORD),
        DataElement(0x9F24, "Payment Account Reference", _CARD, _AN, 29, 29, RECORD, True),
        DataElement(0x9F25, "Last 4 Digits of PAN", _CARD, _N, 2, 2, RECORD, True),
        DataElement(CRYPTOGRAM, "Application Cryptogram", _CARD, _B, 8, 8, RESPONSE_FORMAT_2),
        DataElement(
            CRYPTOGRAM_INFORMATION, "Cryptogram Information Data", _CARD, _B, 1, 1, RESPONSE_FORMAT_2
        ),
        DataElement(EXTENDED_SELECTION, "Extended Selection", _CARD, _B, 1, 11, APPLICATION_TEMPLATE),
        DataElement(KERNEL_IDENTIFIER, "Kernel Identifier", _CARD, _B, 1, 8, APPLICATION_TEMPLATE),
        DataElement(
            PIN_CERTIFICATE, "ICC PIN Encipherment Public Key Certificate", _CARD, _B, 1, 248, RECORD, True
        ),
        DataElement(PIN_KEY_EXPONENT, "ICC PIN Encipherment Public Key Exponent", _CARD, _B, 1, 3, RECORD),
        DataElement(
            PIN_KEY_REMAINDER, "ICC PIN Encipherment Public Key Remainder", _CARD, _B, 0, 248, RECORD
        ),
        DataElement(ISSUER_KEY_EXPONENT, "Issuer Public Key Exponent", _CARD, _B, 1, 3, RECORD),
        DataElement(CAPABILITIES, "Terminal Capabilities", _TERMINAL, _B, 3, 3),
        DataElement(CVM_RESULTS, "CVM Results", _TERMINAL, _B, 3, 3),
        DataElement(TERMINAL_TYPE, "Terminal Type", _TERMINAL, _N, 1, 1),
        DataElement(ATC, "Application Transaction Counter", _CARD, _B, 2, 2, RESPONSE_FORMAT_2),
        DataElement(UNPREDICTABLE_NUMBER, "Unpredictable Number", _TERMINAL, _B, 4, 4),
        DataElement(PDOL, "Processing Options DOL", _CARD, _B, 1, 252, FCI_PROPRIETARY),
        DataElement(ENTRY_MODE, "Point-of-Service Entry Mode", _TERMINAL, _N, 1, 1),
        DataElement(ADDITIONAL_CAPABILITIES, "Additional Terminal Capabilities", _TERMINAL, _B, 5, 5),
        DataElement(SEQUENCE_COUNTER, "Transaction Sequence Counter", _TERMINAL, _N, 2, 4),
        DataElement(APPLICATION_CURRENCY, "Application Currency Code", _CARD, _N, 2, 2, RECORD),
        DataElement(APPLICATION_CURRENCY_EXPONENT, "Application Currency Exponent", _CARD, _N, 1, 1, RECORD),
        DataElement(DATA_AUTHENTICATION_CODE, "Data Authentication Code", _CARD, _B, 2, 2),
        DataElement(ICC_CERTIFICATE, "ICC Public Key Certificate", _CARD, _B, 1, 248, RECORD, True),
        DataElement(ICC_KEY_EXPONENT, "ICC Public Key Exponent", _CARD, _B, 1, 3, RECORD),
        DataElement(ICC_KEY_REMAINDER, "ICC Public Key Remainder", _CARD, _B, 0, 248, RECORD),
        DataElement(DDOL, "Dynamic Data Authentication DOL", _CARD, _B, 0, 252, RECORD),
        DataElement(STATIC_TAG_LIST, "Static Data Authentication Tag List", _CARD, _B, 0, 252, RECORD),
        DataElement(LOG_ENTRY, "Log Entry", _CARD, _B, 2, 2, FCI_DISCRETIONARY),
        DataElement(
            SIGNED_DYNAMIC_DATA, "Signed Dynamic Application Data", _CARD, _B, 1, 248, RESPONSE_FORMAT_2, True
        ),
        DataElement(ICC_DYNAMIC_NUMBER, "ICC Dynamic Number", _CARD, _B, 2, 8),
        DataElement(SCRIPT_RESULTS, "Issuer Script Results", _TERMINAL, _B, 0, 252),
        DataElement(TTQ, "Terminal Transaction Qualifiers", _TERMINAL, _B, 4, 4),
        DataElement(CARD_AUTHENTICATION_DATA, "Card Authentication Related Data", _CARD, _B, 5, 16, RECORD),
        DataElement(0x9F6B, "Track 2 Data (contactless)", _CARD, _B, 0, 19, RECORD, True),
        DataElement(CTQ, "Card Transaction Qualifiers", _CARD, _B, 2, 2, RESPONSE_FORMAT_2),
        DataElement(FORM_FACTOR, "Form Factor Indicator", _CARD, _B, 4, 32, RESPONSE_FORMAT_2),
    )
}
