"""Set the practice up, by a key of the owner's: the same services as the owner's pages."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from ninja import Router, Status

from unpinch.api.auth import Key, caller
from unpinch.api.schemas import (
    AwayIn,
    ClosureIn,
    ErrorOut,
    LocationIn,
    PracticeIn,
    RoomIn,
    ServiceIn,
    TherapistIn,
    WeekIn,
)
from unpinch.services import (
    setup_checklist,
    setup_closures,
    setup_hours,
    setup_offers,
    setup_places,
    setup_therapists,
)
from unpinch.services.api_tokens import SETUP
from unpinch.services.setup_closures import ClosureDetails
from unpinch.services.setup_hours import AwayDetails, Week
from unpinch.services.setup_rules import (
    CancellationStep,
    LocationDetails,
    PracticeDetails,
    RoomDetails,
    ServiceDetails,
    Skill,
    Span,
    TherapistDetails,
)

if TYPE_CHECKING:
    from django.http import HttpRequest

router = Router(tags=["set-up"], auth=Key(SETUP))
ONE: Any = {200: dict[str, Any], 401: ErrorOut, 403: ErrorOut, 404: ErrorOut, 422: ErrorOut}
MANY: Any = {**ONE, 200: list[dict[str, Any]]}
GONE: Any = {**ONE, 204: None}


@router.get("/setup/practice", response=ONE)
def get_details(request: HttpRequest) -> dict[str, Any]:
    """The practice as a whole."""
    return asdict(setup_places.practice_details(caller(request)))


@router.put("/setup/practice", response=ONE)
def change_details(request: HttpRequest, given: PracticeIn) -> dict[str, Any]:
    """Change the practice as a whole."""
    return asdict(setup_places.change_practice(caller(request), PracticeDetails(**given.model_dump())))


@router.get("/setup/missing", response=MANY)
def list_missing(request: HttpRequest) -> list[dict[str, Any]]:
    """What stands between the practice and its first booking."""
    return [asdict(one) for one in setup_checklist.checklist(caller(request)).missing]


@router.get("/setup/locations", response=MANY)
def list_locations(request: HttpRequest) -> list[dict[str, Any]]:
    """All places with their rooms."""
    return [asdict(one) for one in setup_places.locations(caller(request))]


@router.post("/setup/locations", response=ONE)
def add_location(request: HttpRequest, given: LocationIn) -> dict[str, Any]:
    """A new place."""
    return asdict(setup_places.add_location(caller(request), LocationDetails(**given.model_dump())))


@router.put("/setup/locations/{int:number}", response=ONE)
def change_location(request: HttpRequest, number: int, given: LocationIn) -> dict[str, Any]:
    """Change a place."""
    details = LocationDetails(**given.model_dump())
    return asdict(setup_places.change_location(caller(request), number, details))


@router.post("/setup/locations/{int:number}/rooms", response=ONE)
def add_room(request: HttpRequest, number: int, given: RoomIn) -> dict[str, Any]:
    """A new room at a place."""
    return asdict(setup_places.add_room(caller(request), number, RoomDetails(**given.model_dump())))


@router.put("/setup/rooms/{int:number}", response=ONE)
def change_room(request: HttpRequest, number: int, given: RoomIn) -> dict[str, Any]:
    """Change a room."""
    return asdict(setup_places.change_room(caller(request), number, RoomDetails(**given.model_dump())))


@router.get("/setup/services", response=MANY)
def list_services(request: HttpRequest) -> list[dict[str, Any]]:
    """All services."""
    return [asdict(one) for one in setup_offers.services(caller(request))]


@router.post("/setup/services", response=ONE)
def add_service(request: HttpRequest, given: ServiceIn) -> dict[str, Any]:
    """A new service."""
    return asdict(setup_offers.add_service(caller(request), _service(given)))


@router.put("/setup/services/{int:number}", response=ONE)
def change_service(request: HttpRequest, number: int, given: ServiceIn) -> dict[str, Any]:
    """Change a service."""
    return asdict(setup_offers.change_service(caller(request), number, _service(given)))


@router.get("/setup/therapists", response=MANY)
def list_therapists(request: HttpRequest) -> list[dict[str, Any]]:
    """All therapists."""
    return [asdict(one) for one in setup_therapists.therapists(caller(request))]


@router.post("/setup/therapists", response=ONE)
def add_therapist(request: HttpRequest, given: TherapistIn) -> dict[str, Any]:
    """A new therapist."""
    return asdict(setup_therapists.add_therapist(caller(request), _therapist(given)))


@router.put("/setup/therapists/{int:number}", response=ONE)
def change_therapist(request: HttpRequest, number: int, given: TherapistIn) -> dict[str, Any]:
    """Change a therapist."""
    return asdict(setup_therapists.change_therapist(caller(request), number, _therapist(given)))


@router.get("/setup/therapists/{int:number}/hours", response=ONE)
def get_hours(request: HttpRequest, number: int) -> dict[str, Any]:
    """When a therapist works: weeks, single days, time off."""
    return asdict(setup_hours.times_of(caller(request), number))


@router.post("/setup/therapists/{int:number}/hours", response=ONE)
def save_hours(request: HttpRequest, number: int, given: WeekIn) -> dict[str, Any]:
    """New hours from a day on, or others instead of a week that stands; an empty list takes it out."""
    spans = tuple(Span(one.weekday, one.starts, one.ends, one.location) for one in given.spans)
    week = Week(given.valid_from, given.valid_to, spans)
    instead_of = (given.replaced_from, given.replaced_to) if given.replaces else None
    setup_hours.save_week(caller(request), number, week, instead_of=instead_of)
    return asdict(setup_hours.times_of(caller(request), number))


@router.post("/setup/therapists/{int:number}/time-off", response=ONE)
def add_time_off(request: HttpRequest, number: int, given: AwayIn) -> dict[str, Any]:
    """Time off."""
    return {"id": setup_hours.add_away(caller(request), number, AwayDetails(**given.model_dump()))}


@router.delete("/setup/therapists/{int:number}/time-off/{int:row}", response=GONE)
def remove_time_off(request: HttpRequest, number: int, row: int) -> Status[None]:
    """Take time off back."""
    setup_hours.remove_away(caller(request), number, row)
    return Status(204, None)


@router.get("/setup/closures", response=MANY)
def list_closures(request: HttpRequest) -> list[dict[str, Any]]:
    """The closures that are not over."""
    return [asdict(one) for one in setup_closures.closures(caller(request), timezone.now().date())]


@router.post("/setup/closures", response=ONE)
def add_closure(request: HttpRequest, given: ClosureIn) -> dict[str, Any]:
    """Shut a place, or the practice."""
    details = ClosureDetails(given.first_day, given.last_day, given.reason, given.location)
    return asdict(setup_closures.add_closure(caller(request), details))


@router.delete("/setup/closures/{int:number}", response=GONE)
def remove_closure(request: HttpRequest, number: int) -> Status[None]:
    """Open again."""
    setup_closures.remove_closure(caller(request), number)
    return Status(204, None)


def _service(given: ServiceIn) -> ServiceDetails:
    values = given.model_dump()
    values["cancellation"] = tuple(CancellationStep(**step) for step in values["cancellation"])
    return ServiceDetails(**values)


def _therapist(given: TherapistIn) -> TherapistDetails:
    values = given.model_dump()
    values["skills"] = tuple(Skill(**skill) for skill in values["skills"])
    return TherapistDetails(**values)
