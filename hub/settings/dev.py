"""The embedded default: one machine, loopback, demo data allowed."""

from hub.env import env_str
from hub.settings.base import *  # noqa: F403
from hub.settings.base import DATA_DIR, SECRET_KEY

ENVIRONMENT = "dev"
DEBUG = False
SECRET_KEY = SECRET_KEY or env_str("HUB_DEV_SECRET_KEY", "for-this-machine-only-" + "0" * 40)
EMAIL_BACKEND = env_str("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = DATA_DIR / "mail"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
