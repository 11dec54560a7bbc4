"""Django settings. Everything that differs between machines comes from config.environment."""

from typing import Literal

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from config.environment import REPOSITORY, read_environment

ENVIRONMENT = read_environment()
DATA_DIR = ENVIRONMENT.data_dir
DEBUG = ENVIRONMENT.debug
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
BASE_URL = ENVIRONMENT.base_url
MAIL_PRIVATE_HOSTS = ENVIRONMENT.mail_private_hosts
CSRF_TRUSTED_ORIGINS = [BASE_URL] if BASE_URL.startswith("https://") else []

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_tasks",
    "django_htmx",
    "csp",
    "axes",
    # the house, from the ground floor up
    "halkhata.foundation.core",
    "halkhata.foundation.audit",
    "halkhata.foundation.accounts",
    "halkhata.foundation.fields",
    "halkhata.foundation.files",
    "halkhata.foundation.printing",
    "halkhata.foundation.backups",
    "halkhata.records.customers",
    "halkhata.records.catalog",
    "halkhata.records.stock",
    "halkhata.records.warranty",
    "halkhata.records.imports",
    "halkhata.records.privacy",
    "halkhata.records.data_quality",
    "halkhata.engines.segments",
    "halkhata.engines.work",
    "halkhata.engines.messaging",
    "halkhata.engines.goodwill",
    "halkhata.engines.deliveries",
    "halkhata.engines.sms",
    "halkhata.engines.chat",
    "halkhata.desks.tickets",
    "halkhata.desks.feedback",
    "halkhata.desks.service",
    "halkhata.desks.returns",
    "halkhata.desks.disputes",
    "halkhata.desks.claims",
    "halkhata.desks.aftercare",
    "halkhata.oversight.automation",
    "halkhata.oversight.analytics",
    "halkhata.oversight.standards",
    "halkhata.oversight.operations",
    "halkhata.oversight.quality",
    "halkhata.oversight.webhooks",
    "halkhata.doors.web",
    "halkhata.doors.portal",
    "halkhata.doors.api",
    "halkhata.doors.cli",
]

MIDDLEWARE = [
    "halkhata.oversight.operations.middleware.RequestCountMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "halkhata.foundation.core.page_methods.PageMethodsMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "halkhata.foundation.accounts.session_guard.SessionGuardMiddleware",
    "halkhata.records.customers.private_gate.PrivateFieldsMiddleware",
    "halkhata.foundation.accounts.middleware.ReaderMiddleware",
    "halkhata.foundation.accounts.middleware.SetupMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "halkhata.foundation.core.middleware.DomainErrorMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
ASGI_APPLICATION = "config.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "halkhata.foundation.accounts.context.shell",
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "halkhata.foundation.core.templatetags.halkhata",
                "halkhata.foundation.core.templatetags.ui",
            ],
        },
    }
]

FORM_RENDERER = "halkhata.foundation.core.form_renderer.QuickRenderer"

DATABASES = {"default": ENVIRONMENT.database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "halkhata.foundation.accounts.backends.UsernameOrPhoneBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "halkhata.foundation.accounts.password_rules.FoldedCommonPasswordValidator"},
    {"NAME": "halkhata.foundation.accounts.password_rules.OwnWordsValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "email", "name_en", "name_bn")},
    },
]
LOGIN_URL = "accounts:login"
LOGIN_REDIRECT_URL = "web:home"
LOGOUT_REDIRECT_URL = "accounts:login"

# Ten wrong tries of one name from one address lock that pair for a quarter of an hour; the guard adds ceilings for the
# name alone and for the address alone (accounts/services/lock_out.py).
AXES_HANDLER = "halkhata.foundation.accounts.services.lock_out.SignInGuard"
AXES_SENSITIVE_PARAMETERS = ["username", "code", "who", "new_password", "repeated", "old_password"]
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_VERBOSE = False
AXES_ENABLE_ADMIN = False

LANGUAGE_CODE = "bn"
LANGUAGES = [("bn", _("Bengali")), ("en", _("English"))]
LOCALE_PATHS = [REPOSITORY / "locale"]
LANGUAGE_COOKIE_NAME = "language"
LANGUAGE_COOKIE_SAMESITE: Literal["Lax"] = "Lax"
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "halkhata.doors.web.staticfiles.BuiltStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 60 * 60 * 24 * 365
WHITENOISE_USE_FINDERS = False
MEDIA_ROOT = DATA_DIR / "files"
FILE_UPLOAD_PERMISSIONS = 0o600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 14
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.secure_cookies
SESSION_ENGINE = "halkhata.foundation.accounts.session_store"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "halkhata.doors.web.errors.csrf_failure"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31536000 if ENVIRONMENT.secure_cookies else 0
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Networks of the shop's own that webhooks may call although they are private (core/outbound_http.py).
OUTBOUND_ALLOW = ENVIRONMENT.outbound_allow
# Calls a minute of one API key, and refused keys a minute from one address (doors/api/limits.py).
API_RATE = ENVIRONMENT.api_rate
API_FAILURES = ENVIRONMENT.api_failures

# The timetable, by dotted name: the composition root is imported by nobody in the house.
TIMETABLE = "config.schedule.TIMETABLE"
METRICS_TOKEN = ENVIRONMENT.metrics_token
TASKS = {"default": {"BACKEND": "halkhata.foundation.core.jobs.backend.DatabaseBackend", "QUEUES": ["default", "mail"]}}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "level": "WARNING"},
        "file": {
            "class": "logging.handlers.RotatingFileHandler",
            "filename": DATA_DIR / "halkhata.log",
            "maxBytes": 5 * 1024 * 1024,
            "backupCount": 3,
            "formatter": "line",
            "delay": True,
            "level": "INFO",
        },
    },
    "root": {"handlers": ["console", "file"], "level": "INFO"},
    "loggers": {"django.db.backends": {"level": "WARNING"}, "axes": {"level": "ERROR"}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
