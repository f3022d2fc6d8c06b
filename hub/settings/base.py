"""Settings that every way of running the hub shares. What differs between machines comes from the environment."""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from hub.env import database_config, env_bool, env_int, env_list, env_str, kombu_url, redis_url, with_redis_db
from hub.schedule import SCHEDULE
from hub.settings.enum_names import ENUM_NAMES

BASE_DIR = Path(__file__).resolve().parent.parent.parent
DATA_DIR = Path(env_str("HUB_DATA_DIR", str(BASE_DIR / "var")))

# Core
SECRET_KEY = env_str("SECRET_KEY", "")
# What GitHub and GitLab sign with when an issue changes that feedback follows; without it they are not heard.
ISSUE_HOOK_SECRET = env_str("ISSUE_HOOK_SECRET", "")
DEBUG = False
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
SITE_URL = env_str("SITE_URL", "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
TRUSTED_PROXY_COUNT = env_int("TRUSTED_PROXY_COUNT", 0)
ROOT_URLCONF = "hub.urls"
WSGI_APPLICATION = "hub.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "hub.apps.HubConfig",
    "hub.apps.HubAdminConfig",
    "reports.apps.ReportsConfig",
    "health.apps.HealthConfig",
    "tickets.apps.TicketsConfig",
    "partners.apps.PartnersConfig",
    "accounts.apps.AccountsConfig",
    "common.apps.CommonConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.usersessions",
    "csp",
    "django_filters",
    "django_htmx",
    "django_structlog",
    "drf_spectacular",
    "pghistory",
    "pgtrigger",
    "rest_framework",
    "template_partials",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "hub.middleware.health_middleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "hub.metrics.metrics_middleware",
    "csp.middleware.CSPMiddleware",
    "common.body_limit.body_limit_middleware",
    "django_structlog.middlewares.RequestMiddleware",
    "hub.middleware.error_id_middleware",
    "hub.middleware.TransactionMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "hub.middleware.ActorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.SessionSeenMiddleware",
    "accounts.middleware.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
FORM_RENDERER = "common.form_renderer.QuickRenderer"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "hub.context_processors.shell",
            ],
            "builtins": [
                "common.templatetags.ui",
                "common.templatetags.format",
                "common.templatetags.help",
                "common.templatetags.shell",
                "django.templatetags.i18n",
            ],
        },
    }
]

# Database: the application role by default, the owner for migrations and backups only (ADR 0002).
DATABASES = {
    "default": {
        **database_config(env_str("DATABASE_URL", "postgresql:///hub?user=hub_app")),
        "ATOMIC_REQUESTS": True,
        "CONN_MAX_AGE": env_int("CONN_MAX_AGE", 600),
        "CONN_HEALTH_CHECKS": True,
    },
    "owner": database_config(
        env_str("DATABASE_OWNER_URL", env_str("DATABASE_URL", "postgresql:///hub?user=hub_owner"))
    ),
}
# Triggers ask for each row which of them to leave out; a setting that is missing is an error that each of them catches,
# and the more rows a transaction has written, the dearer that is (common/migrations/0007_history_in_bulk.py).
_TRIGGERS = "-c pgtrigger.ignore={}"
DATABASES["default"]["OPTIONS"].setdefault(
    "options",
    f"-c statement_timeout={env_int('STATEMENT_TIMEOUT_MS', 30_000)} -c idle_in_transaction_session_timeout=60000"
    f" {_TRIGGERS}",
)
DATABASES["owner"]["OPTIONS"].setdefault("options", _TRIGGERS)
# Off where a pooler hands the same connection to one transaction after another (ADR 0022).
PREPARED_STATEMENTS = env_bool("PREPARED_STATEMENTS", True)
DATABASE_ROUTERS = ["hub.routers.OwnerRouter"]

# Broker and cache: two servers, since a broker must not evict and a cache must (ADR 0006).
REDIS_URL = redis_url("REDIS_URL", "redis://localhost:6379/0")
CACHE_URL = redis_url("CACHE_URL", with_redis_db(REDIS_URL, 1))
CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL, "KEY_PREFIX": "hub"}
}
CELERY_BROKER_URL = kombu_url(REDIS_URL)
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 1800, "socket_timeout": 10, "socket_connect_timeout": 3}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_TIME_LIMIT = 900
CELERY_TASK_SOFT_TIME_LIMIT = 840
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 300_000  # in KB: who has learned predictions is followed by a fresh process
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = SCHEDULE
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.auth.HubBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "hub:home"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

ACCOUNT_ADAPTER = "accounts.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_FORMS = {
    "login": "accounts.forms.sign_in.LoginForm",
    "reauthenticate": "accounts.forms.sign_in.ReauthenticateForm",
    "change_password": "accounts.forms.sign_in.ChangePasswordForm",
    "set_password": "accounts.forms.sign_in.SetPasswordForm",
    "reset_password": "accounts.forms.sign_in.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.sign_in.ResetPasswordKeyForm",
}
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
PASSWORD_RESET_TIMEOUT = 2 * 60 * 60
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 900
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "10/m/ip,5/5m/key",
    "reset_password": "20/m/ip,5/m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "10/m/user",
    "change_password": "5/m/user",
}
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXY_COUNT
SOCIALACCOUNT_ADAPTER = "accounts.sso_adapter.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False
SOCIALACCOUNT_ONLY = False
MFA_ADAPTER = "accounts.mfa_adapter.MfaAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.second_factor.AuthenticateForm",
    "reauthenticate": "accounts.forms.second_factor.ReauthenticateForm",
    "activate_totp": "accounts.forms.second_factor.ActivateTOTPForm",
    "add_webauthn": "accounts.forms.second_factor.AddWebAuthnForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Onboarding Hub"
MFA_TOTP_TOLERANCE = 1
MFA_ALLOW_UNVERIFIED_EMAIL = True
REQUIRE_STAFF_MFA = env_bool("REQUIRE_STAFF_MFA", False)
USERSESSIONS_TRACK_ACTIVITY = False

# Single sign-on with any OpenID Connect provider; absent unless all three are set.
OIDC_ISSUER = env_str("OIDC_ISSUER", "")
OIDC_CLIENT_ID = env_str("OIDC_CLIENT_ID", "")
OIDC_CLIENT_SECRET = env_str("OIDC_CLIENT_SECRET", "")
OIDC_NAME = env_str("OIDC_NAME", "Single sign-on")
OIDC_ROLE_CLAIM = env_str("OIDC_ROLE_CLAIM", "roles")
OIDC_ROLE_MAP = env_list("OIDC_ROLE_MAP", [])
# Some providers confirm no address and are to be believed all the same.
OIDC_TRUST_EMAIL = env_bool("OIDC_TRUST_EMAIL", False)
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {"openid_connect": {"APPS": [], "OAUTH_PKCE_ENABLED": True}}
if OIDC_ISSUER and OIDC_CLIENT_ID:
    SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"].append(
        {
            "provider_id": "sso",
            "name": OIDC_NAME,
            "client_id": OIDC_CLIENT_ID,
            "secret": OIDC_CLIENT_SECRET,
            "settings": {"server_url": OIDC_ISSUER, "verified_email": OIDC_TRUST_EMAIL},
        }
    )

# Language and time
LANGUAGE_CODE = "en"
# Only languages with a catalogue; the profile offers a choice once there are two.
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "hub" / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

# Static and stored files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env_str("STATIC_ROOT", str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
# Exports that are written at the same time: a worker stays free for clocks and mails.
EXPORTS_AT_ONCE = env_int("EXPORTS_AT_ONCE", 1)
IMPORT_MAX_BYTES = env_int("IMPORT_MAX_BYTES", 50 * 1024 * 1024)
# A file beside a task or an answer.
EVIDENCE_MAX_BYTES = env_int("EVIDENCE_MAX_BYTES", 10 * 1024 * 1024)

# Mail
EMAIL_BACKEND = env_str("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env_str("EMAIL_HOST", "localhost")
EMAIL_PORT = env_int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env_str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env_str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_bool("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env_str("DEFAULT_FROM_EMAIL", "Onboarding Hub <hub@localhost>")

# Tickets by mail: out from the address of the queue, or from this one; in by the listener of the embedded run (a port
# on loopback, 0 is off), or from a mailbox that is asked every minute (no host is off).
TICKET_MAIL_ADDRESS = env_str("TICKET_MAIL_ADDRESS", "")
MAIL_LISTEN_PORT = env_int("MAIL_LISTEN_PORT", 0)
MAIL_AUTH_SERVERS = env_list("MAIL_AUTH_SERVERS", [])
MAIL_MAX_BYTES = env_int("MAIL_MAX_BYTES", 10 * 1024 * 1024)
MAIL_PER_SENDER_AND_HOUR = env_int("MAIL_PER_SENDER_AND_HOUR", 30)
MAIL_RAW_DAYS = env_int("MAIL_RAW_DAYS", 30)
IMAP_HOST = env_str("IMAP_HOST", "")
IMAP_PORT = env_int("IMAP_PORT", 993)
IMAP_USER = env_str("IMAP_USER", "")
IMAP_PASSWORD = env_str("IMAP_PASSWORD", "")
IMAP_FOLDER = env_str("IMAP_FOLDER", "INBOX")
IMAP_TLS = env_bool("IMAP_TLS", True)

# What we call outside: private and special addresses are refused, but for loopback where a test listens.
HTTP_ALLOW_LOOPBACK = env_bool("HTTP_ALLOW_LOOPBACK", False)

# Security
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
        "manifest-src": [SELF],
    }
}

# The vendor's own name and colors, shown in the portal
BRAND_NAME = env_str("BRAND_NAME", "Onboarding Hub")
BRAND_COLOR = env_str("BRAND_COLOR", "")
BRAND_LOGO_URL = env_str("BRAND_LOGO_URL", "")
APP_VERSION = "0.1.0"
DEMO_PASSWORD = env_str("DEMO_PASSWORD", "onboarding-demo-1")
METRICS_TOKEN = env_str("METRICS_TOKEN", "")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.api.authentication.ActorAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["accounts.api.permissions.StaffOnly"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.parsers.JsonParser"],
    "DEFAULT_PAGINATION_CLASS": "common.api.CursorPages",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["common.api.ActorThrottle"],
    "DEFAULT_THROTTLE_RATES": {"actor": env_str("API_RATE", "600/min")},
    "EXCEPTION_HANDLER": "common.api.problem_handler",
    "PAGE_SIZE": 50,
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Onboarding Hub API",
    "DESCRIPTION": "Organizations, people and their history, within what the caller may see.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "common.openapi.describe_common",
        "hub.api.tags.describe_headings",
    ],
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
}

# Logs: structured, with a request id; no bodies, tokens or addresses in them
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"structured": {"()": "hub.logs.formatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "structured"}},
    "root": {"handlers": ["console"], "level": env_str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django_structlog": {"level": "INFO"},
        # Every queued task would be a line; the worker says what it did.
        "django_structlog.celery": {"level": "WARNING"},
    },
}
DJANGO_STRUCTLOG_CELERY_ENABLED = True
SENTRY_DSN = env_str("SENTRY_DSN", "")
