"""How all forms behave: fields carry our classes, and a faulty field says so to screen readers."""

from __future__ import annotations

from typing import Any

from django import forms


class PlainForm(forms.Form):
    """A form whose text fields look like all others. The template draws labels, help and errors."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            if getattr(field.widget, "input_type", "") not in ("radio", "checkbox", "hidden"):
                field.widget.attrs.setdefault("class", "text")
