"""For the test suite: a fast hasher, mail in memory, static files without a manifest; the real servers otherwise."""

from hub.settings.base import *  # noqa: F403
from hub.settings.base import CACHES, LOGGING, STORAGES

ENVIRONMENT = "test"
SECRET_KEY = "for-tests-only-" + "0" * 48
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
WHITENOISE_AUTOREFRESH = True
# A failing test shows its traceback; the log of every request would hide it.
LOGGING["root"]["level"] = "WARNING"  # type: ignore[index]
LOGGING["loggers"] = {"django": {"level": "CRITICAL"}, "django_structlog": {"level": "CRITICAL"}}
