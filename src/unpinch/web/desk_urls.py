"""The addresses of the front desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from unpinch.web.desk import appointment, book, calendar, hit, money, outbox, pair

if TYPE_CHECKING:
    from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = [
    path("calendar", calendar.calendar, name="calendar-staff"),
    path("calendar/<int:number>", appointment.appointment, name="desk-appointment"),
    path("calendar/<int:number>/move", appointment.move, name="desk-move"),
    path("calendar/<int:number>/cancel", appointment.cancel, name="desk-cancel"),
    path("calendar/<int:number>/mark", appointment.mark, name="desk-mark"),
    path("calendar/book", book.book, name="desk-book"),
    path("calendar/book/questions", book.questions, name="desk-questions"),
    path("calendar/two", pair.pair, name="desk-pair"),
    path("calendar/hit", hit.hit, name="hit"),
    path("clients/<int:number>/money", money.client_money, name="client-money"),
    path("vouchers", money.all_vouchers, name="vouchers"),
    path("vouchers/<int:number>/cancel", money.voucher_cancel, name="voucher-cancel"),
    path("messages", outbox.outbox, name="outbox"),
    path("messages/<int:number>/again", outbox.again, name="outbox-again"),
    path("calendar/waitlist", calendar.waiting, name="waitlist"),
]
