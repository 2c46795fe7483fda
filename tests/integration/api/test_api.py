"""Programs call the practice: with keys, strictly, through the same gate, and with stable refusals."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from django.test import Client as Browser
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic import make_practice, well
from unpinch.api.app import api
from unpinch.api.reference import reference
from unpinch.clinical import findings
from unpinch.kernel.errors import InputError, NotFoundError
from unpinch.records.models import ApiToken, Appointment, AuditEvent, Role, StoredAssessment, User
from unpinch.services import api_tokens
from unpinch.services.access import Caller, caller

if TYPE_CHECKING:
    from clinic import Place

pytestmark = pytest.mark.django_db

SCHEMA = api.get_openapi_schema()
OPERATIONS = [
    (method.upper(), path, operation["tags"][0])
    for path, operations in SCHEMA["paths"].items()
    for method, operation in operations.items()
    if "security" in operation
]
ZONE = ZoneInfo("Europe/London")


@pytest.fixture
def place() -> Place:
    return make_practice()


def staff(place: Place, role: Role) -> Caller:
    address = f"{role}@{place.practice.slug}.example"
    return caller(
        User.objects.create_user(address, None, practice=place.practice, role=role, name=str(role).title()).pk
    )


@pytest.fixture
def owner(place: Place) -> Caller:
    return staff(place, Role.OWNER)


@pytest.fixture
def key(owner: Caller) -> str:
    return api_tokens.make(owner, "Tests", owner.user_id, api_tokens.SCOPES)


def call(method: str, path: str, key: str = "", body: Any = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    data = "" if body is None else json.dumps(body)
    found = Browser(raise_request_exception=False).generic(
        method, path, data, content_type="application/json", headers=headers
    )
    return found.status_code, json.loads(found.content) if found.content else None


def code_of(answer: tuple[int, Any]) -> tuple[int, str]:
    return answer[0], answer[1]["error"]["code"]


def address(path: str) -> str:
    return path.replace("{number}", "1000000").replace("{row}", "1000000").replace("{key}", str(uuid4()))


def answers(**changes: Any) -> dict[str, Any]:
    return findings.dump_answers(well(**changes))


def tomorrow(hour: int) -> datetime:
    day = timezone.now().astimezone(ZONE).date() + timedelta(days=1)
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE)


def booking(key: str, hour: int = 10, **changes: Any) -> dict[str, Any]:
    if "assessment" not in changes:
        status, stored = call("POST", "/api/v1/assessments", key, answers())
        assert status == 200, stored
        changes["assessment"] = stored["assessment"]
    return {
        "key": str(uuid4()),
        "service": "swedish-60",
        "location": "harbour",
        "therapist": "ann",
        "starts": tomorrow(hour).isoformat(),
        "name": "Ada Byron",
        "email": "ada@clients.example",
        "phone": "0117 496 0123",
        "agrees_to_terms": True,
        **changes,
    }


# Who may call


@pytest.mark.parametrize(("method", "path", "tag"), OPERATIONS)
def test_without_a_key_nothing_but_the_public_part_answers(
    method: str, path: str, tag: str, place: Place
) -> None:
    assert code_of(call(method, address(path))) == (401, "token")
    assert code_of(call(method, address(path), "unpinch_made-up")) == (401, "token")


@pytest.mark.parametrize(("method", "path", "tag"), OPERATIONS)
def test_a_key_is_for_its_scope_alone(method: str, path: str, tag: str, owner: Caller) -> None:
    wanted = "setup" if tag == "set-up" else "calendar" if method == "GET" else "booking"
    others = [scope for scope in api_tokens.SCOPES if scope != wanted]
    wrong = api_tokens.make(owner, "Wrong", owner.user_id, others)
    right = api_tokens.make(owner, "Right", owner.user_id, [wanted])
    assert code_of(call(method, address(path), wrong, {})) == (403, "scope")
    assert call(method, address(path), right, {})[0] not in {401, 403}


@pytest.mark.parametrize(("method", "path", "tag"), [one for one in OPERATIONS if one[2] == "set-up"])
def test_a_key_can_do_no_more_than_its_person(
    method: str, path: str, tag: str, place: Place, owner: Caller
) -> None:
    dee = staff(place, Role.DESK)
    key = api_tokens.make(owner, "Desk", dee.user_id, api_tokens.SCOPES)
    assert call(method, address(path), key, {})[0] in {404, 422}
    assert ApiToken.objects.count() == 1


def test_a_revoked_key_or_a_closed_account_opens_nothing(owner: Caller, key: str) -> None:
    path = "/api/v1/setup/practice"
    assert call("GET", path, key)[0] == 200
    User.objects.update(is_active=False)
    assert call("GET", path, key)[0] == 401
    User.objects.update(is_active=True)
    api_tokens.revoke(owner, ApiToken.objects.get().pk)
    assert call("GET", path, key)[0] == 401
    actions = AuditEvent.objects.values_list("action", flat=True)
    assert list(actions) == ["token.make", "token.revoke"]
    with pytest.raises(NotFoundError):
        api_tokens.revoke(owner, ApiToken.objects.get().pk)


def test_the_table_keeps_no_key(key: str) -> None:
    row = ApiToken.objects.get()
    assert key not in json.dumps(row.__dict__, default=str)


def test_only_the_owner_makes_keys_and_only_for_staff(place: Place, owner: Caller) -> None:
    dee, client = staff(place, Role.DESK), staff(place, Role.CLIENT)
    with pytest.raises(NotFoundError):
        api_tokens.make(dee, "X", dee.user_id, ["setup"])
    for user, scopes, code in (
        (client.user_id, ["setup"], "user"),
        (dee.user_id, [], "scopes"),
        (dee.user_id, ["all"], "scopes"),
    ):
        with pytest.raises(InputError) as caught:
            api_tokens.make(owner, "Key", user, scopes)
        assert caught.value.code == code


def test_things_of_another_practice_are_not_there(key: str, place: Place) -> None:
    other = make_practice("elsewhere")
    room = {"name": "R"}
    assert code_of(call("POST", f"/api/v1/setup/locations/{other.harbour.pk}/rooms", key, room)) == (
        404,
        "not-found",
    )


# What everybody may ask


def test_the_public_part_needs_no_key_and_keeps_nothing(place: Place) -> None:
    assert call("GET", "/api/v1/practice")[1]["services"][0]["code"] == "swedish-60"
    status, free = call("GET", f"/api/v1/free-times?service=swedish-60&first_day={tomorrow(9).date()}&days=1")
    assert (status, free[0]["therapist"]) == (200, "ann")
    assert any(one["code"] == "rf-saddle-numb" for one in call("GET", "/api/v1/questions")[1])
    status, judged = call("POST", "/api/v1/assess", body=answers())
    assert (status, judged["assessment"]["disposition"]) == (200, "massage-ok")
    assert (
        call("POST", "/api/v1/assess", body=answers(rf_saddle_numb=True))[1]["assessment"]["disposition"]
        == "emergency"
    )
    assert not StoredAssessment.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("service=swedish-60", "schema"),
        ("service=swedish-60&first_day=0001-01-01", "schema"),
        ("service=swedish-60&first_day=2026-11-25&days=93", "schema"),
        ("service=nothing&first_day=2026-11-25", "not-found"),
    ],
)
def test_free_times_that_cannot_be_asked_for(query: str, code: str, place: Place) -> None:
    assert code_of(call("GET", f"/api/v1/free-times?{query}"))[1] == code


def test_what_was_said_about_health_is_neither_logged_nor_repeated_by_a_fault_of_form(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "my-secret-trouble"
    for body in ({"age": secret}, {"answers": secret}, {"answers": {"q-pain-score": secret}}):
        status, found = call("POST", "/api/v1/assess", body=body)
        assert status == 422
        assert found["error"]["code"] != "schema" or secret not in json.dumps(found)
    assert secret not in caplog.text


# Booking


def test_book_move_mark_and_cancel(key: str, place: Place) -> None:
    body = booking(key)
    status, made = call("POST", "/api/v1/appointments", key, body)
    assert (status, made["client_name"], made["status"]) == (200, "Ada Byron", "booked")
    assert call("POST", "/api/v1/appointments", key, body)[1]["id"] == made["id"]
    here = f"/api/v1/appointments/{made['id']}"
    wish = {"location": "harbour", "therapist": "ben", "starts": tomorrow(13).isoformat()}
    assert call("POST", f"{here}/move", key, wish)[1]["therapist"] == "Ben"
    listed = call("GET", f"/api/v1/appointments?first_day={tomorrow(9).date()}", key)[1]
    assert [(one["id"], one["therapist"]) for one in listed] == [(made["id"], "ben")]
    assert code_of(call("POST", f"{here}/mark", key, {"status": "no-show"})) == (409, "too-early")
    assert call("POST", f"{here}/cancel", key, {})[1]["is_cancelled"] is True
    assert AuditEvent.objects.filter(action="token.use").count() == 6


def test_two_do_not_get_one_place(key: str, place: Place) -> None:
    assert call("POST", "/api/v1/appointments", key, booking(key))[0] == 200
    second = call(
        "POST", "/api/v1/appointments", key, booking(key, name="Bea Miller", email="bea@clients.example")
    )
    assert code_of(second) == (409, "taken")
    assert second[1]["error"]["alternatives"]
    assert Appointment.objects.count() == 1


def test_the_gate_stands_here_too(key: str, place: Place) -> None:
    stored = call("POST", "/api/v1/assessments", key, answers(rf_saddle_numb=True))[1]
    assert stored["disposition"] == "emergency"
    asked = booking(key, assessment=stored["assessment"], override_reason="they insist")
    assert code_of(call("POST", "/api/v1/appointments", key, asked)) == (409, "danger")
    hold = {name: asked[name] for name in ("location", "therapist", "starts", "service", "assessment")}
    assert call("POST", "/api/v1/holds", key, hold)[0] == 409
    assert not Appointment.objects.exists()


def test_hold_and_give_back(key: str, place: Place) -> None:
    asked = booking(key)
    hold = {name: asked[name] for name in ("location", "therapist", "starts", "service", "assessment")}
    status, held = call("POST", "/api/v1/holds", key, hold)
    assert status == 200
    assert call("DELETE", f"/api/v1/holds/{held['key']}", key)[0] == 204
    assert Appointment.objects.get().status == "expired"


def test_a_course_is_proposed_and_booked_whole(key: str, place: Place) -> None:
    stored = call("POST", "/api/v1/assessments", key, answers())[1]["assessment"]
    status, offer = call("POST", "/api/v1/courses/propose", key, {"assessment": stored})
    assert status == 200, offer
    series = offer["series"]
    body = {
        name: value
        for name, value in booking(key, assessment=stored).items()
        if name in {"key", "name", "email", "phone", "agrees_to_terms", "assessment"}
    }
    sessions = [{"starts": one["starts"], "therapist": one["therapist"]} for one in series["sessions"]]
    status, made = call(
        "POST", "/api/v1/courses", key, {**body, "location": series["location"], "sessions": sessions}
    )
    assert status == 200, made
    assert Appointment.objects.filter(course=made["course"]).count() == len(sessions)


# Set-up


def test_set_up_from_nothing(key: str, place: Place) -> None:
    def post(path: str, body: dict[str, Any], method: str = "POST") -> Any:
        status, found = call(method, f"/api/v1/setup/{path}", key, body)
        assert status == 200, found
        return found

    at = post("locations", {"name": "Hill", "time_zone": "Europe/London"})
    post(f"locations/{at['id']}/rooms", {"name": "Attic", "kind": "wet"})
    one = post("therapists", {"name": "Cy Young", "skills": [{"skill": "hot-stone"}]})
    span = {"weekday": tomorrow(9).weekday(), "starts": "09:00", "ends": "12:00", "location": "hill"}
    assert (
        post(f"therapists/{one['id']}/hours", {"spans": [span]})["weeks"][0]["spans"][0]["location_code"]
        == "hill"
    )
    post("services", {"name": "Hot stone", "skill": "hot-stone", "minutes": 60, "room_kind": "wet"})
    query = f"service=hot-stone&first_day={tomorrow(9).date()}&days=1"
    assert len(call("GET", f"/api/v1/free-times?{query}")[1]) == 9
    off = post(
        f"therapists/{one['id']}/time-off",
        {"first_day": str(tomorrow(9).date()), "last_day": str(tomorrow(9).date())},
    )
    assert call("GET", f"/api/v1/free-times?{query}")[1] == []
    assert call("DELETE", f"/api/v1/setup/therapists/{one['id']}/time-off/{off['id']}", key)[0] == 204
    shut = post("closures", {"first_day": str(tomorrow(9).date()), "last_day": str(tomorrow(9).date())})
    assert call("DELETE", f"/api/v1/setup/closures/{shut['id']}", key)[0] == 204
    assert len(call("GET", f"/api/v1/free-times?{query}")[1]) == 9
    assert code_of(call("POST", "/api/v1/setup/locations", key, {"name": "X", "time_zone": "Mars"})) == (
        422,
        "time_zone",
    )


# The form of what is sent


def test_unknown_names_and_wrong_kinds_are_refused(key: str, place: Place) -> None:
    good = {"name": "Hill", "time_zone": "Europe/London"}
    for bad in ({"colour": 1}, {"name": 12}, {"is_active": "yes"}, {"name": None}, {"address": ["x"]}):
        assert code_of(call("POST", "/api/v1/setup/locations", key, {**good, **bad})) == (422, "schema")
    starts = {"location": "harbour", "therapist": "ann"}
    for bad_start in (1764064800, "2026-11-25T10:00:00", "soon", True):
        asked = {**starts, "starts": bad_start}
        assert code_of(call("POST", "/api/v1/appointments/1/move", key, asked)) == (422, "schema")
    found = Browser().post("/api/v1/assess", "{no json", content_type="application/json")
    assert (found.status_code, found.json()["error"]["code"]) == (400, "json")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.text(max_size=20)
    | st.sampled_from(["2026-11-25", "09:00", "swedish", str(uuid4()), "2026-11-25T10:00:00+00:00", "\x00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
BODIES: dict[str, dict[str, Any]] = {
    "/api/v1/assess": {
        "age": 44,
        "sex": "F",
        "answers": {"rf-saddle-numb": True, "body-map": ["region-neck"]},
    },
    "/api/v1/assessments": {"age": 44, "sex": "F", "answers": {"side": "right"}},
    "/api/v1/setup/locations": {"name": "Hill", "time_zone": "Europe/London", "phone": "", "is_active": True},
    "/api/v1/setup/services": {
        "name": "S",
        "skill": "swedish",
        "minutes": 60,
        "cancellation": [{"notice_minutes": 60, "fee_percent": 50}],
    },
    "/api/v1/setup/therapists": {"name": "T", "skills": [{"skill": "swedish", "region": ""}], "position": 0},
    "/api/v1/setup/closures": {"first_day": "2026-12-25", "last_day": "2026-12-25", "location": ""},
    "/api/v1/holds": {
        "service": "swedish-60",
        "assessment": str(uuid4()),
        "location": "harbour",
        "therapist": "ann",
        "starts": "2026-11-25T10:00:00+00:00",
    },
    "/api/v1/courses/propose": {
        "assessment": str(uuid4()),
        "sessions": 3,
        "wishes": {"not_before": "2026-11-25"},
    },
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_nothing_that_is_sent_breaks_it(data: st.DataObject, place: Place, key: str) -> None:
    path = data.draw(st.sampled_from(sorted(BODIES)))
    body: Any = {**BODIES[path]}
    for name in data.draw(st.lists(st.sampled_from(sorted(body)), max_size=2)):
        body[name] = data.draw(JSON)
    if data.draw(st.integers(0, 9)) == 0:
        body = data.draw(JSON)
    with transaction.atomic():
        status, found = call("POST", path, key, body)
        transaction.set_rollback(True)
    assert status < 500, (path, body, found)
    if status >= 400:
        assert set(found) == {"error"}
        assert {"code", "message"} <= set(found["error"])


def test_the_reference_is_up_to_date() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "api.md"
    assert page.read_text(encoding="utf-8") == reference(SCHEMA)
