"""Account pages as a browser meets them: cookies, redirects, what is shown and what is not."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.core import signing
from django.test import Client as Browser
from django.utils import timezone

from clinic import CLOCK, command, make_practice
from unpinch.records.models import AuditEvent, Client, Consent, Message, Practice, Role, SignIn, User
from unpinch.services import audit, booking, second_factor, totp

if TYPE_CHECKING:
    from clinic import Place

ANN = {"email": "ann@harbour.example", "password": "a long pass phrase"}


@pytest.fixture
def clinic(db: None) -> Place:
    return make_practice()


@pytest.fixture
def owner(clinic: Place) -> Browser:
    return logged_in(person(clinic, "olga", Role.OWNER))


@pytest.fixture
def token(clinic: Place) -> str:
    """Ada has booked without an account; the secret of her booking's link."""
    booked = booking.book(command(clinic), clock=CLOCK)
    assert isinstance(booked, booking.Booked)
    return booked.token


def person(clinic: Place, name: str, role: Role, email: str = "") -> User:
    return User.objects.create_user(
        email or f"{name}@people.example", practice=clinic.practice, role=role, name=name.title()
    )


def logged_in(user: User) -> Browser:
    browser = Browser()
    browser.force_login(user)
    return browser


def log_in(browser: Browser, **more: str) -> Any:
    return browser.post("/login", ANN | more)


def code_login(browser: Browser, email: str) -> Any:
    browser.post("/login", {"email": email, "way": "code"})
    mail = Message.objects.filter(kind="login-code").latest("pk")
    found = re.search(r"^\d{4} \d{4}$", mail.text, re.MULTILINE)
    assert found
    return browser.post("/login/code", {"code": found[0]})


def with_app(user: User) -> str:
    setup = second_factor.set_up_authenticator(user.pk)
    step = totp.step_at(timezone.now() - timedelta(seconds=30))
    second_factor.confirm_authenticator(user.pk, totp.code(setup.secret, step))
    return setup.secret


def test_logging_in_leads_to_the_page_that_asked(clinic: Place) -> None:
    browser = Browser()
    asked = browser.get("/week")
    browser.get(asked["Location"])
    assert log_in(browser)["Location"] == "/week"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_logging_in_never_leads_elsewhere(clinic: Place, wanted: str) -> None:
    browser = Browser()
    browser.get("/login", {"next": wanted})
    assert log_in(browser)["Location"] == "/today"


def test_a_copy_of_the_cookie_opens_nothing_after_logging_out(clinic: Place) -> None:
    browser = Browser()
    log_in(browser)
    thief = Browser()
    thief.cookies.load({"sessionid": browser.cookies["sessionid"].value})
    assert thief.get("/today").status_code == 200
    browser.post("/logout")
    assert thief.get("/today").status_code == 302


def test_a_login_ends_after_a_working_day(clinic: Place) -> None:
    browser = logged_in(clinic.ann_user)
    SignIn.objects.update(expires_at=timezone.now())
    assert browser.get("/today").status_code == 302


def test_closing_an_account_ends_its_sessions_at_once(clinic: Place, owner: Browser) -> None:
    ann = logged_in(clinic.ann_user)
    owner.post(f"/people/{clinic.ann_user.pk}/close")
    assert ann.get("/today").status_code == 302
    assert "do not fit" in log_in(Browser()).content.decode()


def test_an_answered_interview_survives_logging_in(clinic: Place) -> None:
    browser = Browser()
    browser.get("/check")
    before = browser.get("/check/1").status_code
    log_in(browser)
    assert browser.get("/check/1").status_code == before


def test_other_browsers_are_listed_and_can_be_logged_out(clinic: Place) -> None:
    here, there = Browser(), Browser(HTTP_USER_AGENT="Mozilla/5.0 (Windows NT 10.0) Gecko Firefox/140.0")
    log_in(here)
    log_in(there)
    page = here.get("/account").content.decode()
    assert "Firefox on Windows" in page
    other = SignIn.objects.get(browser="Firefox on Windows")
    here.post(f"/account/browsers/{other.pk}/end")
    assert (there.get("/today").status_code, here.get("/today").status_code) == (302, 200)


def test_nobody_logs_out_somebody_elses_browser(clinic: Place) -> None:
    log_in(ann := Browser())
    stranger = logged_in(person(clinic, "bob", Role.CLIENT))
    row = SignIn.objects.get(user=clinic.ann_user)
    assert stranger.post(f"/account/browsers/{row.pk}/end").status_code == 404
    stranger.post("/account/browsers/end")
    assert ann.get("/today").status_code == 200


def test_a_known_browser_is_not_slowed_by_a_strangers_guesses(clinic: Place) -> None:
    """The same network for both: the harbour's, with a guesser in its waiting room."""
    mine = Browser()
    log_in(mine)
    mine.post("/logout")
    guesser = Browser()
    for _ in range(6):
        last = log_in(guesser, password="guess")
    assert last.status_code == 429
    assert log_in(mine).status_code == 302


def test_the_cookie_of_a_known_browser_cannot_be_made_up(clinic: Place) -> None:
    guesser = Browser()
    guesser.cookies["browser"] = signing.dumps([["ann", "nonce"]], key="made up", salt="unpinch.browser")
    statuses = [log_in(guesser, password="guess").status_code for _ in range(6)]
    assert statuses == [422] * 5 + [429]


def test_a_change_to_the_login_asks_for_a_young_login(clinic: Place) -> None:
    browser = logged_in(clinic.ann_user)
    assert browser.get("/account/password").status_code == 200
    SignIn.objects.update(created_at=timezone.now() - timedelta(minutes=31))
    for method, address in (
        ("GET", "/account/password"),
        ("GET", "/account/authenticator"),
        ("POST", "/account/recovery-codes"),
        ("POST", "/account/passkeys/offer"),
        ("POST", "/account/authenticator/remove"),
    ):
        assert browser.generic(method, address)["Location"].startswith("/login?again=1")
    assert browser.get("/login?again=1").status_code == 200


def test_a_new_password_logs_out_the_others_and_says_so_by_mail(clinic: Place) -> None:
    here, there = logged_in(clinic.ann_user), logged_in(clinic.ann_user)
    assert here.post("/account/password", {"password": "harbour"}).status_code == 422
    done = here.post("/account/password", {"password": "eleven green lamps"})
    assert done.status_code == 302
    assert (there.get("/today").status_code, here.get("/today").status_code) == (302, 200)
    assert Message.objects.get(kind="account-changed").to == "ann@harbour.example"
    assert log_in(Browser(), password="eleven green lamps").status_code == 302


def test_the_second_page_lets_in_by_the_app_alone(clinic: Place) -> None:
    secret = with_app(clinic.ann_user)
    browser = Browser()
    assert log_in(browser)["Location"] == "/login/second"
    assert browser.get("/today").status_code == 302
    assert browser.post("/login/second", {"code": "000000"}).status_code == 422
    shown = totp.code(secret, totp.step_at(timezone.now()))
    assert browser.post("/login/second", {"code": shown})["Location"] == "/today"
    assert SignIn.objects.latest("pk").has_second_factor


def test_recovery_codes_are_shown_once(clinic: Place) -> None:
    with_app(clinic.ann_user)
    browser = logged_in(clinic.ann_user)
    page = browser.post("/account/recovery-codes").content.decode()
    codes = re.findall(r"<code>(\w{5}-\w{5})</code>", page)
    assert len(set(codes)) == 10
    assert codes[0] not in browser.get("/account").content.decode()


def test_a_required_second_factor_comes_before_anything_else(clinic: Place, owner: Browser) -> None:
    refused = owner.post("/people/require", {"required": "yes"}, follow=True).content.decode()
    assert "Set up your own second factor first" in refused
    with_app(User.objects.get(role=Role.OWNER))
    owner.post("/people/require", {"required": "yes"})
    assert Practice.objects.get().needs_second_factor
    ann = logged_in(clinic.ann_user)
    assert ann.get("/today")["Location"] == "/account"
    assert "asks for a second factor" in ann.get("/account").content.decode()
    with_app(clinic.ann_user)
    assert ann.get("/today").status_code == 200


def test_clients_are_not_asked_for_a_second_factor(clinic: Place) -> None:
    Practice.objects.update(needs_second_factor=True)
    assert logged_in(person(clinic, "bob", Role.CLIENT)).get("/me").status_code == 200


def test_an_owner_removes_a_lost_second_factor(clinic: Place, owner: Browser) -> None:
    with_app(clinic.ann_user)
    owner.post(f"/people/{clinic.ann_user.pk}/reset")
    assert log_in(Browser())["Location"] == "/today"
    line = AuditEvent.objects.get(action="second-factor.remove")
    assert line.actor == f"user:{User.objects.get(role=Role.OWNER).pk}"


def test_an_owner_reaches_nobody_of_another_practice(clinic: Place, owner: Browser) -> None:
    stranger = make_practice("elsewhere").ann_user
    for what in ("close", "open", "reset"):
        assert owner.post(f"/people/{stranger.pk}/{what}").status_code == 404
    stranger.refresh_from_db()
    assert stranger.is_active


def invite(owner: Browser, **more: str) -> str:
    given = {"name": "Nell Marsh", "email": "nell@people.example", "role": "therapist"} | more
    assert owner.post("/people", given).status_code == 302
    found = re.search(r"/invited/[\w-]+/", Message.objects.filter(kind="invitation").latest("pk").text)
    assert found
    return found[0]


def test_an_invitation_makes_one_account_and_is_used_up(clinic: Place, owner: Browser) -> None:
    link = invite(owner)
    nell = Browser()
    assert nell.post(link, {"password": "short"}).status_code == 422
    assert nell.post(link, {"password": ""})["Location"] == "/account"
    assert nell.get("/today").status_code == 200
    user = User.objects.get(email="nell@people.example")
    assert (user.role, user.has_usable_password(), user.therapist.code) == ("therapist", False, "nell-marsh")
    assert Browser().get(link).status_code == 404
    assert Browser().post(link, {"password": ""}).status_code == 404


@pytest.mark.parametrize("role", ["client", "doctor", ""])
def test_nobody_is_invited_to_what_is_no_role_of_staff(clinic: Place, owner: Browser, role: str) -> None:
    given = {"name": "Nell", "email": "nell@people.example", "role": role}
    assert owner.post("/people", given).status_code == 422
    assert not Message.objects.exists()


def test_an_invitation_ends_when_it_is_taken_back_repeated_or_old(clinic: Place, owner: Browser) -> None:
    first = invite(owner)
    second = invite(owner)
    assert (Browser().get(first).status_code, Browser().get(second).status_code) == (404, 200)
    from unpinch.records.models import Invitation  # noqa: PLC0415 - for its key alone

    owner.post(f"/people/invitations/{Invitation.objects.latest('pk').pk}/revoke")
    assert Browser().get(second).status_code == 404
    third = invite(owner)
    Invitation.objects.update(expires_at=timezone.now())
    assert Browser().get(third).status_code == 404


def test_a_client_who_starts_to_work_here_keeps_the_account(clinic: Place, owner: Browser) -> None:
    ada = person(clinic, "ada", Role.CLIENT)
    ada.set_password("eleven green lamps")
    ada.save()
    Browser().post(invite(owner, email=ada.email, role="desk"), {"password": ""})
    ada.refresh_from_db()
    assert (ada.role, ada.check_password("eleven green lamps")) == (Role.DESK, True)


def test_bookings_without_an_account_are_taken_over_by_the_name(clinic: Place, token: str) -> None:
    browser = Browser()
    assert code_login(browser, "Ada@clients.example")["Location"] == "/me"
    assert "earlier" in browser.get("/account/claim").content.decode()
    assert browser.post("/account/claim", {"name": "Bob"}).status_code == 422
    assert browser.post("/account/claim", {"name": " ada  BYRON "})["Location"] == "/me"
    assert "Swedish massage" in browser.get("/me").content.decode()
    assert Client.objects.get().user == User.objects.get(email="ada@clients.example")


def test_no_page_tells_which_names_have_booked(clinic: Place, token: str) -> None:
    browser = Browser()
    code_login(browser, "ada@clients.example")
    pages = browser.get("/account").content + browser.get("/account/claim").content
    assert b"Byron" not in pages


def test_a_bookings_link_takes_it_over(clinic: Place, token: str) -> None:
    browser = Browser()
    assert "Log in to see all your appointments" in browser.get(f"/appointment/{token}/").content.decode()
    code_login(browser, "ada@clients.example")
    assert "Put it into my account" in browser.get(f"/appointment/{token}/").content.decode()
    assert browser.post(f"/appointment/{token}/claim")["Location"] == "/me"
    assert Client.objects.get().user is not None


def test_somebody_elses_link_takes_nothing_over(clinic: Place, token: str) -> None:
    bob = person(clinic, "bob", Role.CLIENT)
    User.objects.filter(pk=bob.pk).update(email_verified_at=timezone.now())
    logged_in(bob).post(f"/appointment/{token}/claim")
    assert Client.objects.get().user is None


def test_an_address_that_was_never_proven_takes_nothing_over(clinic: Place, token: str) -> None:
    liar = person(clinic, "liar", Role.CLIENT, email="ada@clients.example")
    browser = logged_in(liar)
    browser.post(f"/appointment/{token}/claim")
    assert browser.post("/account/claim", {"name": "Ada Byron"}).status_code == 422
    assert Client.objects.get().user is None


def test_a_client_sees_who_read_the_own_record_and_nobody_elses(clinic: Place, token: str) -> None:
    ada = Client.objects.get()
    ada.user = person(clinic, "ada", Role.CLIENT)
    ada.save()
    other = person(clinic, "bob", Role.CLIENT)
    audit.record(clinic.practice.pk, "system", "client.phone", "client", ada.pk + 1, CLOCK.now())
    logged_in(clinic.ann_user).get(f"/appointments/{ada.appointments.get().pk}")
    consent = Consent.objects.create(
        practice=clinic.practice,
        client=ada,
        purpose="treatment",
        text_version="1",
        signed_name="Ada Byron",
        given_at=CLOCK.now(),
    )
    audit.record(clinic.practice.pk, "doctor:1", "consent.give", "consent", consent.pk, CLOCK.now())
    seal()
    page = logged_in(ada.user).get("/account/record").content.decode()
    assert "<strong>Ann (therapist)</strong> read the health record before a session" in page
    assert "<strong>You</strong> booked an appointment" in page
    assert "<strong>The doctor, by the link</strong> gave a consent" in page
    assert "changed the phone number" not in page
    assert logged_in(other).get("/account/record").status_code == 404


def seal() -> None:
    """What PostgreSQL does at the end of a transaction, now."""
    from django.db import connection  # noqa: PLC0415 - for this alone

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def test_the_owner_leafs_through_the_record_book(clinic: Place, owner: Browser) -> None:
    for number in range(60):
        audit.record(clinic.practice.pk, "system", "client.phone", "client", number, CLOCK.now())
    seal()
    first = owner.get("/record-book").content.decode()
    assert first.count("changed the phone number") == 50
    older = re.search(r'href="(\?before=\d+)"', first)
    assert older
    assert "changed the phone number" in owner.get(f"/record-book{older[1]}").content.decode()
    assert owner.get("/record-book?before=x").status_code == 200


@pytest.mark.parametrize("lines", [1, 3])
def test_the_record_book_takes_as_many_queries_for_many_lines(
    clinic: Place, owner: Browser, lines: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(lines):
        audit.record(clinic.practice.pk, f"client:{number}", "client.phone", "client", number, CLOCK.now())
    seal()
    with django_assert_max_num_queries(17):
        owner.get("/record-book")


@pytest.mark.parametrize("members", [1, 3])
def test_the_people_page_takes_as_many_queries_for_many_people(
    clinic: Place, owner: Browser, members: int, django_assert_max_num_queries: Any
) -> None:
    for number in range(members):
        person(clinic, f"t{number}", Role.THERAPIST)
    with django_assert_max_num_queries(16):
        owner.get("/people")


@pytest.mark.parametrize(
    "body", ["", "[]", "null", "{", '"x"', '{"id": 1}', '{"rawId": "AA", "response": {}}']
)
def test_whatever_is_sent_as_a_passkey_is_refused_and_not_a_fault(clinic: Place, body: str) -> None:
    browser = Browser()
    browser.post("/login/passkey/offer")
    response = browser.post("/login/passkey", body, content_type="application/json")
    assert response.status_code in (400, 422)
