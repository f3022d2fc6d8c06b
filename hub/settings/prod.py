"""Production: every secret comes from the environment, everything goes over TLS."""

import sentry_sdk

from hub.env import env_bool, env_int, env_required
from hub.settings.base import *  # noqa: F403
from hub.settings.base import SENTRY_DSN, TRUSTED_PROXY_COUNT

ENVIRONMENT = "prod"
SECRET_KEY = env_required("SECRET_KEY")
env_required("DATABASE_URL")
env_required("REDIS_URL")
env_required("SITE_URL")

SECURE_SSL_REDIRECT = env_bool("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = env_int("SECURE_HSTS_SECONDS", 31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
if TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

if SENTRY_DSN:
    sentry_sdk.init(dsn=SENTRY_DSN, send_default_pii=False)
