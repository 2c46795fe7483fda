"""The practice's own results: pictures, tables, and a file."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from unpinch.gateways.clock import SYSTEM_CLOCK
from unpinch.kernel import share_chart
from unpinch.kernel.share_chart import Bar
from unpinch.services import results as own_results
from unpinch.web.callers import for_owners
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest

    from unpinch.services.access import Caller
    from unpinch.services.results import Line


@require_safe
@private
@for_owners
def results(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Who gets better, and how the work goes."""
    found = own_results.for_owner(caller, SYSTEM_CLOCK.now())
    context = {
        "caller": caller,
        "results": found,
        "fewest": own_results.FEWEST,
        "sections": [
            (
                _("By condition"),
                _("Better at the last word, of 100 people"),
                _rows(found.by_condition),
                _picture(found.by_condition),
            ),
            (
                _("By session"),
                _("Better after so many sessions, of 100 people"),
                _rows(found.by_session),
                _picture(found.by_session),
            ),
            (
                _("The work"),
                _("Of 100, in the last year (hours: twelve weeks)"),
                _rows(found.work),
                _picture(found.work),
            ),
        ],
    }
    return render(request, "web/owner/results.html", context)


@require_safe
@private
@for_owners
def results_file(request: HttpRequest, caller: Caller) -> HttpResponse:
    """The same as a table for a spreadsheet. A figure about too few is left empty."""
    del request
    found = own_results.for_owner(caller, SYSTEM_CLOCK.now())
    answer = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="results.csv"'},
    )
    writer = csv.writer(answer)
    writer.writerow(
        [
            "part",
            "code",
            "name",
            "count",
            "of",
            "share",
            "low_95",
            "high_95",
            "untreated_share",
            "untreated_week",
        ]
    )
    parts = (("condition", found.by_condition), ("session", found.by_session), ("work", found.work))
    for part, lines in parts:
        for line in lines:
            writer.writerow([part, line.code, line.name, *_numbers(line), line.beside, line.beside_week])
    return answer


def _numbers(line: Line) -> list[object]:
    share = line.share
    if share is None:
        return [""] * 5
    ends = [f"{one:.4f}" for one in (share.low, share.high)] if line.is_sample else ["", ""]
    return [share.count, share.of, f"{share.share:.4f}", *ends]


def _rows(lines: tuple[Line, ...]) -> list[dict[str, object]]:
    return [
        {
            "name": line.name,
            "of": line.share.of if line.share else None,
            "share": round(100 * line.share.share) if line.share else None,
            "is_sample": line.is_sample,
            "low": round(100 * line.share.low) if line.share else None,
            "high": round(100 * line.share.high) if line.share else None,
            "beside": round(100 * line.beside) if line.beside is not None else None,
            "week": line.beside_week,
        }
        for line in lines
    ]


def _picture(lines: tuple[Line, ...]) -> SafeString:
    bars = []
    for line in lines:
        if line.share:
            share = line.share.share
            low, high = (line.share.low, line.share.high) if line.is_sample else (share, share)
            # The words in brackets stand in the table: a picture on a phone has no room for them.
            bars.append(Bar(line.name.partition(" (")[0], share, low, high, line.beside))
    if not bars:
        return SafeString("")
    label = "; ".join(f"{bar.name}: {round(100 * bar.share)}" for bar in bars)
    return mark_safe(share_chart.svg(bars, label))  # noqa: S308 - drawn by us; every word in it is escaped there
