"""The tables, one file per step of the path."""

from __future__ import annotations

from unpinch.records.models.accounts import (
    Authenticator,
    Invitation,
    LoginStep,
    Passkey,
    RecoveryCode,
    SignIn,
    TryCount,
)
from unpinch.records.models.api import ApiToken
from unpinch.records.models.audit import AuditEvent
from unpinch.records.models.booking import RELEASED, Appointment, Status
from unpinch.records.models.clearance import AppointmentBlock, Clearance, ClearanceAnswer
from unpinch.records.models.consent import Consent
from unpinch.records.models.course import ENDED, Course, CourseState
from unpinch.records.models.intake import DoctorAgreement, StoredAssessment
from unpinch.records.models.money import LedgerEntry, Package, Voucher, Way
from unpinch.records.models.outbox import Message, MessageState
from unpinch.records.models.people import (
    CalendarFeed,
    Client,
    PrivateCalendar,
    Remind,
    Role,
    Therapist,
    TherapistSkill,
    TimeOff,
    User,
    WorkingHours,
)
from unpinch.records.models.practice import (
    LONGEST_UNIT_MINUTES,
    CancellationRule,
    Closure,
    Location,
    Practice,
    Room,
    Service,
)
from unpinch.records.models.relief import CourseReview, Moment, ReliefReading
from unpinch.records.models.session import (
    DayAfter,
    NoteAmendment,
    NoteVersion,
    RoomEvent,
    RoomSession,
    SessionCheck,
    SessionNote,
)
from unpinch.records.models.waitlist import WaitlistEntry, WaitState

__all__ = [
    "ENDED",
    "LONGEST_UNIT_MINUTES",
    "RELEASED",
    "ApiToken",
    "Appointment",
    "AppointmentBlock",
    "AuditEvent",
    "Authenticator",
    "CalendarFeed",
    "CancellationRule",
    "Clearance",
    "ClearanceAnswer",
    "Client",
    "Closure",
    "Consent",
    "Course",
    "CourseReview",
    "CourseState",
    "DayAfter",
    "DoctorAgreement",
    "Invitation",
    "LedgerEntry",
    "Location",
    "LoginStep",
    "Message",
    "MessageState",
    "Moment",
    "NoteAmendment",
    "NoteVersion",
    "Package",
    "Passkey",
    "Practice",
    "PrivateCalendar",
    "RecoveryCode",
    "ReliefReading",
    "Remind",
    "Role",
    "Room",
    "RoomEvent",
    "RoomSession",
    "Service",
    "SessionCheck",
    "SessionNote",
    "SignIn",
    "Status",
    "StoredAssessment",
    "Therapist",
    "TherapistSkill",
    "TimeOff",
    "TryCount",
    "User",
    "Voucher",
    "WaitState",
    "WaitlistEntry",
    "Way",
    "WorkingHours",
]
