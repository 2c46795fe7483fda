"""The body chart: where the regions lie, and the picture of them. Pure drawing, for pages, letters and mails alike.

Regions are named by the codes of the knowledge tables, sides by ``left``, ``right`` and ``middle``: always the
side of the person, never of the picture.
"""

from __future__ import annotations

from unpinch.kernel.body_chart.drawing import svg
from unpinch.kernel.body_chart.geometry import Mark, Picture, Shape, all_marks, pictures, pictures_of

__all__ = ["Mark", "Picture", "Shape", "all_marks", "pictures", "pictures_of", "svg"]
