"""The addresses of the web pages. None of them holds anything that a person said."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from unpinch.web.client import me
from unpinch.web.public import answer, appointment, book, doctor, interview, landing
from unpinch.web.therapist import calendar, intake, login

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
    path("book", book.services, name="book"),
    path("book/details", book.details, name="details"),
    path("book/<slug:service>", book.times, name="times"),
    path("book/<slug:service>/choose", book.choose, name="choose"),
    path("appointment/<str:token>/", appointment.appointment, name="appointment"),
    path("appointment/<str:token>/calendar.ics", appointment.calendar, name="calendar"),
    path("appointment/<str:token>/cancel", appointment.cancel, name="cancel"),
    path("login", login.log_in, name="login"),
    path("logout", login.log_out, name="logout"),
    path("today", calendar.today, name="today"),
    path("week", calendar.week, name="week"),
    path("appointments/<int:number>", intake.appointment, name="session"),
    path("me", me.me, name="me"),
]
