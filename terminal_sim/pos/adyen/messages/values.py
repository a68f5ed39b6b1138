"""The closed lists of the protocol that a terminal acts on or answers with (Terminal API schema, version 1)."""

from __future__ import annotations

from enum import Enum


class NexoMessageClass(Enum):
    SERVICE = "Service"
    DEVICE = "Device"
    EVENT = "Event"


class MessageType(Enum):
    REQUEST = "Request"
    RESPONSE = "Response"
    NOTIFICATION = "Notification"


class Category(Enum):
    """What a message is about; the body of a request is `<Category>Request`."""

    ABORT = "Abort"
    ADMIN = "Admin"
    BALANCE_INQUIRY = "BalanceInquiry"
    CARD_ACQUISITION = "CardAcquisition"
    DIAGNOSIS = "Diagnosis"
    DISPLAY = "Display"
    ENABLE_SERVICE = "EnableService"
    EVENT = "Event"
    GET_TOTALS = "GetTotals"
    INPUT = "Input"
    INPUT_UPDATE = "InputUpdate"
    LOGIN = "Login"
    LOGOUT = "Logout"
    LOYALTY = "Loyalty"
    NONE = "None"
    PAYMENT = "Payment"
    PRINT = "Print"
    RECONCILIATION = "Reconciliation"
    REVERSAL = "Reversal"
    STORED_VALUE = "StoredValue"
    TRANSACTION_STATUS = "TransactionStatus"


class NexoResult(Enum):
    """How a request ended. `PARTIAL` moved money as well: less than what was asked for."""

    SUCCESS = "Success"
    PARTIAL = "Partial"
    FAILURE = "Failure"


class ErrorCondition(Enum):
    """Why a request failed; the one member that points of sale are told to decide by."""

    ABORTED = "Aborted"
    BUSY = "Busy"
    CANCEL = "Cancel"
    DEVICE_OUT = "DeviceOut"
    IN_PROGRESS = "InProgress"
    INSERTED_CARD = "InsertedCard"
    INVALID_CARD = "InvalidCard"
    LOGGED_OUT = "LoggedOut"
    MESSAGE_FORMAT = "MessageFormat"
    NOT_ALLOWED = "NotAllowed"
    NOT_FOUND = "NotFound"
    PAYMENT_RESTRICTION = "PaymentRestriction"
    REFUSAL = "Refusal"
    UNAVAILABLE_DEVICE = "UnavailableDevice"
    UNAVAILABLE_SERVICE = "UnavailableService"
    UNREACHABLE_HOST = "UnreachableHost"
    WRONG_PIN = "WrongPIN"


class NexoPaymentType(Enum):
    """What a Payment does; a terminal takes `NORMAL` and `REFUND`, which names no earlier payment."""

    NORMAL = "Normal"
    REFUND = "Refund"
    CASH_ADVANCE = "CashAdvance"
    CASH_DEPOSIT = "CashDeposit"
    COMPLETION = "Completion"
    FIRST_RESERVATION = "FirstReservation"
    INSTALMENT = "Instalment"
    ISSUER_INSTALMENT = "IssuerInstalment"
    ONE_TIME_RESERVATION = "OneTimeReservation"
    PAID_OUT = "PaidOut"
    RECURRING = "Recurring"
    UPDATE_RESERVATION = "UpdateReservation"


class EntryModeName(Enum):
    """How a card's data came in. `ICC` is a chip in the slot, `MAG_STRIPE` a swipe, `KEYED` a number that was typed."""

    CONTACTLESS = "Contactless"
    FILE = "File"
    ICC = "ICC"
    KEYED = "Keyed"
    MAG_STRIPE = "MagStripe"
    MANUAL = "Manual"
    MOBILE = "Mobile"
    RFID = "RFID"
    SCANNED = "Scanned"
    SYNCHRONOUS_ICC = "SynchronousICC"
    TAPPED = "Tapped"


class ReversalReason(Enum):
    CUST_CANCEL = "CustCancel"
    MALFUNCTION = "Malfunction"
    MERCHANT_CANCEL = "MerchantCancel"
    UNABLE_TO_COMPLETE = "Unable2Compl"


class ReconciliationType(Enum):
    ACQUIRER_RECONCILIATION = "AcquirerReconciliation"
    ACQUIRER_SYNCHRONISATION = "AcquirerSynchronisation"
    PREVIOUS_RECONCILIATION = "PreviousReconciliation"
    SALE_RECONCILIATION = "SaleReconciliation"


class TotalDetail(Enum):
    """By what totals are parted besides the instrument."""

    OPERATOR_ID = "OperatorID"
    POIID = "POIID"
    SALE_ID = "SaleID"
    SHIFT_NUMBER = "ShiftNumber"
    TOTALS_GROUP_ID = "TotalsGroupID"


class TransactionType(Enum):
    """What a line of totals sums up; a terminal has `DEBIT` (payments) and `CREDIT` (refunds)."""

    DEBIT = "Debit"
    CREDIT = "Credit"
    REVERSE_DEBIT = "ReverseDebit"
    REVERSE_CREDIT = "ReverseCredit"
    DECLINED = "Declined"
    FAILED = "Failed"


class TransactionAction(Enum):
    START = "StartTransaction"
    ABORT = "AbortTransaction"


class Device(Enum):
    CASHIER_DISPLAY = "CashierDisplay"
    CASHIER_INPUT = "CashierInput"
    CUSTOMER_DISPLAY = "CustomerDisplay"
    CUSTOMER_INPUT = "CustomerInput"


class InfoQualify(Enum):
    CUSTOMER_ASSISTANCE = "CustomerAssistance"
    DISPLAY = "Display"
    DOCUMENT = "Document"
    ERROR = "Error"
    INPUT = "Input"
    POI_REPLICATION = "POIReplication"
    RECEIPT = "Receipt"
    SOUND = "Sound"
    STATUS = "Status"
    VOUCHER = "Voucher"


class OutputFormat(Enum):
    BAR_CODE = "BarCode"
    MESSAGE_REF = "MessageRef"
    TEXT = "Text"
    XHTML = "XHTML"


class CharacterStyle(Enum):
    BOLD = "Bold"
    ITALIC = "Italic"
    NORMAL = "Normal"
    UNDERLINE = "Underline"


class Alignment(Enum):
    CENTRED = "Centred"
    JUSTIFIED = "Justified"
    LEFT = "Left"
    RIGHT = "Right"


class DocumentQualifier(Enum):
    CASHIER_RECEIPT = "CashierReceipt"
    CUSTOMER_RECEIPT = "CustomerReceipt"
    DOCUMENT = "Document"
    JOURNAL = "Journal"
    SALE_RECEIPT = "SaleReceipt"
    VOUCHER = "Voucher"


class ResponseMode(Enum):
    """When a Print is answered: `PRINT_END` once the paper is out."""

    IMMEDIATE = "Immediate"
    NOT_REQUIRED = "NotRequired"
    PRINT_END = "PrintEnd"
    SOUND_END = "SoundEnd"


class InputCommand(Enum):
    DECIMAL_STRING = "DecimalString"
    DIGIT_STRING = "DigitString"
    GET_ANY_KEY = "GetAnyKey"
    GET_CONFIRMATION = "GetConfirmation"
    GET_FUNCTION_KEY = "GetFunctionKey"
    GET_MENU_ENTRY = "GetMenuEntry"
    PASSWORD = "Password"
    SITE_MANAGER = "SiteManager"
    TEXT_STRING = "TextString"


class GlobalStatus(Enum):
    BUSY = "Busy"
    MAINTENANCE = "Maintenance"
    OK = "OK"
    UNREACHABLE = "Unreachable"


class PrinterStatus(Enum):
    NO_PAPER = "NoPaper"
    OK = "OK"
    OUT_OF_ORDER = "OutOfOrder"
    PAPER_JAM = "PaperJam"
    PAPER_LOW = "PaperLow"


class AuthenticationMethod(Enum):
    BYPASS = "Bypass"
    MANUAL_VERIFICATION = "ManualVerification"
    MERCHANT_AUTHENTICATION = "MerchantAuthentication"
    OFFLINE_PIN = "OfflinePIN"
    ONLINE_PIN = "OnlinePIN"
    PAPER_SIGNATURE = "PaperSignature"
    SECURED_CHANNEL = "SecuredChannel"
    SECURE_CERTIFICATE = "SecureCertificate"
    SECURE_NO_CERTIFICATE = "SecureNoCertificate"
    SIGNATURE_CAPTURE = "SignatureCapture"
    UNKNOWN_METHOD = "UnknownMethod"


class EventToNotify(Enum):
    ABORT = "Abort"
    BEGIN_MAINTENANCE = "BeginMaintenance"
    CARD_INSERTED = "CardInserted"
    CARD_REMOVED = "CardRemoved"
    COMPLETED = "Completed"
    CUSTOMER_LANGUAGE = "CustomerLanguage"
    END_MAINTENANCE = "EndMaintenance"
    INITIALISED = "Initialised"
    KEY_PRESSED = "KeyPressed"
    OUT_OF_ORDER = "OutOfOrder"
    REJECT = "Reject"
    SALE_ADMIN = "SaleAdmin"
    SALE_WAKE_UP = "SaleWakeUp"
    SCAN_BARCODE_RESULT = "ScanBarcodeResult"
    SECURITY_ALARM = "SecurityAlarm"
    SHUTDOWN = "Shutdown"
    STOP_ASSISTANCE = "StopAssistance"
    USE_ANOTHER_CARD_FOR_PREAUTH = "UseAnotherCardForPreauth"
