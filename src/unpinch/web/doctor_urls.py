"""The addresses around a doctor's say and around consent: for the person, the doctor and staff."""

from __future__ import annotations

from django.urls import URLPattern, path

from unpinch.web.client import consents
from unpinch.web.doctor import entrance, for_staff, question
from unpinch.web.public import doctor_ask, guardian

urlpatterns: list[URLPattern] = [
    path("guardian", guardian.guardian, name="guardian"),
    path("doctor/ask", doctor_ask.ask, name="doctor-ask"),
    path("doctor/letter.pdf", doctor_ask.letter, name="doctor-letter"),
    path("doctor/news/<str:token>", doctor_ask.news, name="doctor-news"),
    path("doctor/news/<str:token>/go-on", doctor_ask.go_on, name="doctor-go-on"),
    path("for-doctors", entrance.code, name="doctor-code"),
    path("for-doctors/open/<str:token>", entrance.step, name="doctor-open"),
    path("for-doctors/open/<str:token>/code", entrance.confirm, name="doctor-confirm"),
    path("for-doctors/open/<str:token>/fresh", entrance.fresh, name="doctor-fresh"),
    path("for-doctors/<uuid:key>", question.question, name="doctor-question"),
    path("clearances", for_staff.overview, name="clearances"),
    path("clearances/<uuid:key>/write", for_staff.write_down, name="clearance-write"),
    path("clearances/<int:number>/letter.pdf", for_staff.letter_copy, name="clearance-letter"),
    path("me/consents", consents.consents, name="consents"),
    path("me/consents/<slug:purpose>", consents.sign, name="consent-sign"),
    path("me/consents/<slug:purpose>/take-back", consents.take_back, name="consent-take-back"),
]
