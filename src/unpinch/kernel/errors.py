"""The one tree of errors.

    UnpinchError
    ├── InputError        what a person, a program or a file handed in cannot be used
    ├── KnowledgeError    a knowledge table is broken; nothing can be answered from it
    ├── RefusedError      a rule of the product forbids what was asked (the gate, a policy, a taken time)
    ├── NotFoundError     the thing named does not exist, or not for this caller
    └── SetupError        the installation is not fit to run (port, folder, setting)

Every error carries a stable ``code`` that programs may rely on, and a message for people that names the
value, says why it matters and what to do next. Messages never hold health data.
"""

from __future__ import annotations


class UnpinchError(Exception):
    """Any fault that unpinch explains; ``code`` is stable, the message is for people."""

    code: str = "error"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        if code is not None:
            self.code = code


class InputError(UnpinchError):
    """What was handed in cannot be used: wrong code, value, type or file."""

    code = "input"


class KnowledgeError(UnpinchError):
    """The knowledge tables are broken; the message lists file, row and remedy of every fault."""

    code = "knowledge"


class RefusedError(UnpinchError):
    """A rule of the product forbids what was asked."""

    code = "refused"


class NotFoundError(UnpinchError):
    """The thing named does not exist, or not for this caller."""

    code = "not-found"


class SetupError(UnpinchError):
    """The installation is not fit to run."""

    code = "setup"
