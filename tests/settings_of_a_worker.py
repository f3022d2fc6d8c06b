"""For programs that a test starts: as the suite, but mails are files that the test can read."""

import os

from hub.settings.test import *  # noqa: F403

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = os.environ["HUB_TEST_MAILS"]
