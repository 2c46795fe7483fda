"""The addresses of the owner's set-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from unpinch.web.owner import closures, first, hours, offers, packages, practice, results, therapists, tokens

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("first", first.first, name="first"),
    path("results", results.results, name="results"),
    path("results.csv", results.results_file, name="results-file"),
    path("practice", practice.overview, name="practice"),
    path("practice/about", practice.about, name="practice-about"),
    path("practice/locations/new", practice.location_new, name="location-new"),
    path("practice/locations/<int:number>", practice.location, name="location"),
    path("practice/locations/<int:number>/rooms/new", practice.room_new, name="room-new"),
    path("practice/rooms/<int:number>", practice.room, name="room"),
    path("practice/services/new", offers.service_new, name="service-new"),
    path("practice/services/<int:number>", offers.service, name="service"),
    path("practice/services/<int:number>/packages", packages.service_packages, name="packages"),
    path("practice/services/<int:number>/packages/<int:row>/remove", packages.remove, name="package-remove"),
    path("practice/therapists/new", therapists.therapist_new, name="therapist-new"),
    path("practice/therapists/<int:number>", therapists.therapist, name="therapist"),
    path("practice/therapists/<int:number>/hours", hours.hours, name="hours"),
    path("practice/therapists/<int:number>/hours/week", hours.week, name="week-edit"),
    path("practice/therapists/<int:number>/hours/day", hours.day_new, name="day-new"),
    path("practice/therapists/<int:number>/hours/day/<int:row>/remove", hours.day_remove, name="day-remove"),
    path("practice/therapists/<int:number>/away", hours.away_new, name="away-new"),
    path("practice/therapists/<int:number>/away/<int:row>/remove", hours.away_remove, name="away-remove"),
    path("practice/closures", closures.closures, name="closures"),
    path("practice/closures/<int:number>/remove", closures.closure_remove, name="closure-remove"),
    path("practice/keys", tokens.tokens, name="tokens"),
    path("practice/keys/<int:number>/revoke", tokens.revoke, name="token-revoke"),
    path("practice/holidays", closures.public_holidays, name="holidays"),
]
