"""The addresses of the web pages. None of them holds anything that a person said."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from unpinch.web import doctor_urls
from unpinch.web.account import account, login, people, record
from unpinch.web.client import me
from unpinch.web.public import answer, appointment, book, doctor, interview, landing
from unpinch.web.therapist import calendar, intake

urlpatterns: list[URLPattern | URLResolver] = [
    path("", landing.landing, name="landing"),
    path("emergency", landing.emergency, name="emergency"),
    path("robots.txt", landing.robots, name="robots"),
    path("healthz", landing.healthz, name="healthz"),
    *doctor_urls.urlpatterns,
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
    path("login/code", login.code, name="login-code"),
    path("login/second", login.second, name="login-second"),
    path("login/passkey/offer", login.offer_passkey, name="login-passkey-offer"),
    path("login/passkey", login.passkey, name="login-passkey"),
    path("logout", login.log_out, name="logout"),
    path("account", account.account, name="account"),
    path("account/password", account.password, name="password"),
    path("account/authenticator", account.authenticator, name="authenticator"),
    path("account/authenticator/remove", account.remove_authenticator, name="authenticator-remove"),
    path("account/recovery-codes", account.recovery_codes, name="recovery-codes"),
    path("account/passkeys/offer", account.offer_passkey, name="passkey-offer"),
    path("account/passkeys/add", account.add_passkey, name="passkey-add"),
    path("account/passkeys/<int:number>/remove", account.remove_passkey, name="passkey-remove"),
    path("account/browsers/<int:number>/end", account.end_sign_in, name="sign-in-end"),
    path("account/browsers/end", account.end_others, name="sign-ins-end"),
    path("account/claim", account.claim, name="claim"),
    path("account/record", record.own, name="record-own"),
    path("appointment/<str:token>/claim", account.claim_by_link, name="claim-by-link"),
    path("invited/<str:token>/", people.invited, name="invited"),
    path("people", people.people, name="people"),
    path("people/require", people.require, name="people-require"),
    path("people/invitations/<int:number>/revoke", people.revoke, name="invitation-revoke"),
    path("people/<int:number>/close", people.close, name="person-close"),
    path("people/<int:number>/open", people.reopen, name="person-open"),
    path("people/<int:number>/reset", people.reset, name="person-reset"),
    path("record-book", record.book, name="record-book"),
    path("today", calendar.today, name="today"),
    path("week", calendar.week, name="week"),
    path("appointments/<int:number>", intake.appointment, name="session"),
    path("me", me.me, name="me"),
]
