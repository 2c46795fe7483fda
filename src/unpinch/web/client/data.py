"""What the practice keeps about a client: take it along, see who read it, have it erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe

from unpinch.services import privacy_export
from unpinch.web.callers import for_callers
from unpinch.web.private import private

if TYPE_CHECKING:
    from django.http import HttpRequest

    from unpinch.services.access import Caller


@require_safe
@private
@for_callers
def data(request: HttpRequest, caller: Caller) -> HttpResponse:
    """What can be done with one's own data."""
    if caller.client_id is None:
        raise Http404
    return render(request, "web/client/data.html", {"caller": caller})


@require_POST
@private
@for_callers
def download(request: HttpRequest, caller: Caller) -> HttpResponse:
    """Everything as one file. By a button and not by a link: it leaves a line in the record book."""
    del request
    if caller.client_id is None:
        raise Http404
    made = privacy_export.own(caller)
    return HttpResponse(
        made.content,
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="{made.name}"'},
    )
