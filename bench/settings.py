"""The hub as in production, with two additions that only measuring needs: the floors, and a count of statements."""

from hub.settings.dev import *  # noqa: F403
from hub.settings.dev import MIDDLEWARE as PRODUCT_MIDDLEWARE

ROOT_URLCONF = "bench.floors"
MIDDLEWARE = ["bench.counting.StatementCount", *PRODUCT_MIDDLEWARE]
LOGGING_CONFIG = None
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = {"actor": "1000000/min"}  # type: ignore[name-defined]  # noqa: F405
