"""What every command does that works on an installation and not on files alone."""

from __future__ import annotations

import os


def open_installation(*, bring_up_to_date: bool = True) -> None:
    """Read the settings and, unless the caller knows it is, bring database and static files up to date.

    Whatever is wrong with the installation is a SetupError.
    """
    # What an installation writes is about people's health: nobody else on the machine may read it.
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "unpinch.config.settings")
    # Late: reading the settings makes secrets and folders, which a command that needs none must not do.
    import django  # noqa: PLC0415

    django.setup()
    if bring_up_to_date:
        from unpinch.services import installation  # noqa: PLC0415

        installation.bring_up_to_date()
