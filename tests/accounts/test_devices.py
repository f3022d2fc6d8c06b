"""What a browser says it is, in words."""

import pytest

from accounts.rules.devices import device_of

TABLE = [
    ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36", "Chrome", "Linux", False),
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36 Edg/142.0",
        "Edge",
        "Windows",
        False,
    ),
    ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "macOS", False),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604",
        "Safari",
        "iPhone",
        True,
    ),
    ("Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit Chrome/142.0 Mobile Safari", "Chrome", "Android", True),
    ("Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit CriOS/142 Mobile", "Chrome", "iPad", True),
    ("curl/8.5.0", "curl", "", False),
    ("", "", "", False),
]


@pytest.mark.parametrize(("says", "browser", "system", "is_handheld"), TABLE)
def test_devices_by_what_they_say(says: str, browser: str, system: str, is_handheld: bool) -> None:
    device = device_of(says)
    assert (device.browser, device.system, device.is_handheld) == (browser, system, is_handheld)
