"""The addresses of the web pages. None of them holds anything that a person said."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from unpinch.web.public import answer, doctor, interview, landing

urlpatterns: list[URLPattern | URLResolver] = [
    path("", landing.landing, name="landing"),
    path("emergency", landing.emergency, name="emergency"),
    path("robots.txt", landing.robots, name="robots"),
    path("healthz", landing.healthz, name="healthz"),
    path("check", interview.go_on, name="check"),
    path("check/restart", interview.restart, name="restart"),
    path("check/<int:number>", interview.screen, name="screen"),
    path("answer", answer.answer, name="answer"),
    path("doctor", doctor.doctor, name="doctor"),
    path("doctor/agreed", doctor.agreed, name="doctor-agreed"),
    path("book", landing.landing, name="book"),
]
