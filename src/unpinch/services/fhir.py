"""A client's record as a FHIR R4 (4.0.1) bundle of plain dictionaries."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings

from unpinch.clinical import knowledge
from unpinch.records import personal
from unpinch.records.models import (
    Appointment,
    Clearance,
    ClearanceAnswer,
    Client,
    Consent,
    Course,
    ReliefReading,
    Status,
    StoredAssessment,
    Therapist,
)
from unpinch.services import consent, relief

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from unpinch.clinical.knowledge import Knowledge

Resource = dict[str, Any]
_APPOINTMENT = {
    Status.BOOKED: "booked",
    Status.COMPLETED: "fulfilled",
    Status.NO_SHOW: "noshow",
    Status.CANCELLED: "cancelled",
}
_REQUEST = {"revoked": "revoked", "superseded": "revoked", "answered": "completed"}
_PAIN = {
    "coding": [{"system": "http://loinc.org", "code": "72514-3"}],
    "text": "Pain, 0 to 10",
}
_CONSENT = {"treatment": "treatment"}
_ENDED = {"finished": "completed", "stopped": "revoked"}


def bundle(client: Client, now: datetime) -> Resource:
    """Everything as one collection. Resources refer to each other by names made for this bundle (``urn:uuid``)."""
    kb = knowledge.load()
    resources = [
        _practice(client),
        _patient(client),
        *_therapists(client),
        *(_answers(row, client, kb) for row in personal.rows_of(StoredAssessment, client)),
        *_appointments(client),
        *(_course(row, client) for row in personal.rows_of(Course, client)),
        *(seen for row in personal.rows_of(ReliefReading, client) for seen in _relief(row, client)),
        *(_consent(row, client) for row in personal.rows_of(Consent, client)),
        *(_request(row, client) for row in personal.rows_of(Clearance, client)),
        *(_answer(row, client) for row in personal.rows_of(ClearanceAnswer, client)),
    ]
    resources.append(_provenance(client, resources, now))
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _instant(now),
        "entry": [{"fullUrl": _urn(_name(one)), "resource": _linked(one)} for one in resources],
    }


def _linked(value: Any) -> Any:
    """The same with every reference by the full name of what it refers to, as a bundle wants it."""
    if isinstance(value, list):
        return [_linked(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _urn(one) if key == "reference" and isinstance(one, str) else _linked(one)
        for key, one in value.items()
    }


def _urn(name: str) -> str:
    return f"urn:uuid:{uuid5(NAMESPACE_URL, f'{settings.PUBLIC_URL}/{name}')}"


def _practice(client: Client) -> Resource:
    practice = client.practice
    return {
        "resourceType": "Organization",
        "id": f"practice-{practice.pk}",
        "name": practice.name,
        "telecom": [
            {"system": "phone", "value": practice.phone},
            {"system": "email", "value": practice.email},
        ],
    }


def _patient(client: Client) -> Resource:
    telecom = [("phone", client.phone), ("email", client.email)]
    return {
        "resourceType": "Patient",
        "id": f"client-{client.pk}",
        "name": [{"text": client.name}],
        "telecom": [{"system": system, "value": value} for system, value in telecom if value],
        "managingOrganization": {"reference": f"Organization/practice-{client.practice_id}"},
    }


def _therapists(client: Client) -> Iterator[Resource]:
    for row in Therapist.objects.filter(appointments__client=client).distinct().order_by("pk"):
        yield {"resourceType": "Practitioner", "id": f"therapist-{row.pk}", "name": [{"text": row.name}]}


def _answers(row: StoredAssessment, client: Client, kb: Knowledge) -> Resource:
    raw = row.answers
    told = {"age": raw.get("age"), "sex": raw.get("sex"), **raw.get("answers", {})}
    items = [
        {"linkId": code, "text": question_of(code, kb), "answer": values}
        for code, value in told.items()
        if (values := _values(value))
    ]
    found: Resource = {
        "resourceType": "QuestionnaireResponse",
        "id": f"answers-{row.pk}",
        "status": "completed",
        "subject": _subject(client),
        "authored": _instant(row.created_at),
    }
    return {**found, "item": items} if items else found


def question_of(code: str, kb: Knowledge) -> str:
    """The question behind a code, or the code when the tables no longer have one."""
    finding = kb.findings.get(code)
    return (finding.question if finding is not None else "") or code


def _values(value: Any) -> list[Resource]:
    if isinstance(value, list):
        return [found for one in value for found in _values(one)]
    if isinstance(value, bool):
        return [{"valueBoolean": value}]
    if isinstance(value, int):
        return [{"valueInteger": value}]
    if isinstance(value, float):
        return [{"valueDecimal": value}]
    return [{"valueString": value}] if isinstance(value, str) and value.strip() else []


def _appointments(client: Client) -> Iterator[Resource]:
    rows = personal.rows_of(Appointment, client).select_related("service", "location")
    for row in rows.filter(status__in=list(_APPOINTMENT), client=client):
        yield {
            "resourceType": "Appointment",
            "id": f"appointment-{row.pk}",
            "status": _APPOINTMENT[Status(row.status)],
            "serviceType": [{"text": row.service.name}],
            "start": _instant(row.starts_at),
            "end": _instant(row.ends_at),
            "minutesDuration": int((row.ends_at - row.starts_at).total_seconds() // 60),
            "created": _instant(row.booked_at),
            "participant": [
                {"actor": _subject(client), "status": "accepted"},
                {"actor": {"reference": f"Practitioner/therapist-{row.therapist_id}"}, "status": "accepted"},
                {"actor": {"display": row.location.name}, "status": "accepted"},
            ],
        }


def _course(row: Course, client: Client) -> Resource:
    period = {"start": _instant(row.created_at)}
    found: Resource = {
        "resourceType": "CarePlan",
        "id": f"course-{row.pk}",
        "status": _ENDED.get(row.state, "active"),
        "intent": "plan",
        "title": "Course of massage",
        "subject": _subject(client),
        "created": _instant(row.created_at),
        "period": {**period, "end": _instant(row.ended_at)} if row.ended_at else period,
    }
    sessions = row.appointments.filter(client=client, status__in=list(_APPOINTMENT)).order_by("pk")
    activity = [{"reference": {"reference": f"Appointment/appointment-{one.pk}"}} for one in sessions]
    return {**found, "activity": activity} if activity else found


def _relief(row: ReliefReading, client: Client) -> Iterator[Resource]:
    said = relief.reading_of(row)
    told: list[tuple[Resource, float | None]] = [(_PAIN, said.pain)]
    told += [({"text": f"How well it goes, 0 to 10: {one.name}"}, one.can) for one in said.activities]
    told.append(({"text": "Change on the whole since the start, -7 to 7"}, said.overall))
    for number, (code, value) in enumerate(told):
        if value is not None:
            yield {
                "resourceType": "Observation",
                "id": f"reading-{row.pk}-{number}",
                "status": "final",
                "category": [
                    {
                        "coding": [
                            {
                                "system": "http://terminology.hl7.org/CodeSystem/observation-category",
                                "code": "survey",
                            }
                        ]
                    }
                ],
                "code": code,
                "subject": _subject(client),
                "effectiveDateTime": _instant(row.said_at),
                "valueQuantity": {
                    "value": value,
                    "unit": "{score}",
                    "system": "http://unitsofmeasure.org",
                    "code": "{score}",
                },
            }


def _consent(row: Consent, client: Client) -> Resource:
    scope = _CONSENT.get(row.purpose, "patient-privacy")
    words = next(
        (t for t in consent.texts() if (t.purpose, t.version) == (row.purpose, row.text_version)), None
    )
    text = (
        f"{words.title} ({row.text_version}): {words.text}" if words else f"{row.purpose} {row.text_version}"
    )
    return {
        "resourceType": "Consent",
        "id": f"consent-{row.pk}",
        "status": "inactive" if row.withdrawn_at else "active",
        "scope": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/consentscope", "code": scope}]
        },
        "category": [{"coding": [{"system": "http://loinc.org", "code": "59284-0"}]}],
        "patient": _subject(client),
        "dateTime": _instant(row.given_at),
        "performer": [{"display": row.signed_name}],
        "policyRule": {"text": text},
    }


def _request(row: Clearance, client: Client) -> Resource:
    found: Resource = {
        "resourceType": "ServiceRequest",
        "id": f"question-{row.pk}",
        "status": _REQUEST.get(row.state, "active"),
        "intent": "proposal",
        "code": {"text": "A doctor's opinion on massage"},
        "subject": _subject(client),
        "authoredOn": _instant(row.asked_at),
    }
    return {**found, "performer": [{"display": row.doctor_name}]} if row.doctor_name else found


def _answer(row: ClearanceAnswer, client: Client) -> Resource:
    return {
        "resourceType": "Communication",
        "id": f"doctor-answer-{row.pk}",
        "basedOn": [{"reference": f"ServiceRequest/question-{row.clearance_id}"}],
        "status": "completed",
        "subject": _subject(client),
        "sent": _instant(row.answered_at),
        "sender": {"display": row.by_name or "The doctor"},
        "payload": [{"contentString": json.dumps(row.word, ensure_ascii=False, sort_keys=True)}],
    }


def _provenance(client: Client, resources: list[Resource], now: datetime) -> Resource:
    return {
        "resourceType": "Provenance",
        "id": f"export-{client.pk}",
        "target": [{"reference": _name(one)} for one in resources],
        "recorded": _instant(now),
        "agent": [{"who": {"reference": f"Organization/practice-{client.practice_id}"}}],
    }


def _subject(client: Client) -> Resource:
    return {"reference": f"Patient/client-{client.pk}"}


def _name(resource: Resource) -> str:
    return f"{resource['resourceType']}/{resource['id']}"


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")
