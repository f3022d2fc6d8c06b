"""PURE: what a browser says it is, in two words that a person recognizes."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Device:
    """Browser and system by name; empty where the browser does not say. `is_handheld` for phones and tablets."""

    browser: str
    system: str
    is_handheld: bool


# In this order: later browsers carry the names of earlier ones.
_BROWSERS = (
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Vivaldi/", "Vivaldi"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
)
_SYSTEMS = (
    ("iPhone", "iPhone", True),
    ("iPad", "iPad", True),
    ("Android", "Android", True),
    ("CrOS", "ChromeOS", False),
    ("Windows", "Windows", False),
    ("Mac OS X", "macOS", False),
    ("Linux", "Linux", False),
)


def device_of(user_agent: str) -> Device:
    """The device behind a User-Agent header. A claim, never proof: for recognizing one's own sessions only."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "")
    system, is_handheld = next(((name, held) for mark, name, held in _SYSTEMS if mark in user_agent), ("", False))
    return Device(browser=browser, system=system, is_handheld=is_handheld)
