"""What a list of sign-ins calls a browser: two words, and nothing that tells one person's from another's."""

from __future__ import annotations

import pytest

from unpinch.services import sign_in

_KIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("agent", "shown"),
    [
        pytest.param(
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", "Firefox on Linux", id="firefox"
        ),
        pytest.param(
            f"Mozilla/5.0 (Windows NT 10.0) {_KIT} Chrome/140 Safari/537.36", "Chrome on Windows", id="chrome"
        ),
        pytest.param(
            f"Mozilla/5.0 (Windows NT 10.0) {_KIT} Chrome/140 Safari/537.36 Edg/140",
            "Edge on Windows",
            id="edge",
        ),
        pytest.param(
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) {_KIT} Version/18 Safari/604",
            "Safari on iPhone",
            id="iphone",
        ),
        pytest.param(
            f"Mozilla/5.0 (Linux; Android 15) {_KIT} Chrome/140 Mobile Safari/537.36",
            "Chrome on Android",
            id="android",
        ),
        pytest.param("curl/8.5", "", id="none-of-these"),
        pytest.param("", "", id="says-nothing"),
    ],
)
def test_a_browser_is_named_in_two_words(agent: str, shown: str) -> None:
    assert sign_in.browser(agent) == shown
