"""Django's settings. What an installation may choose comes from the environment (docs/reference/configuration.md)."""

from __future__ import annotations

from csp.constants import NONE, SELF

from unpinch.config import environment
from unpinch.config.log_lines import logging_settings

_url = environment.public_url()
_https = _url.scheme == "https"
_mail = environment.mail()

DATA_FOLDER = environment.data_folder()
PUBLIC_URL = _url.geturl()
"""Links in messages start with this; no slash at the end."""

DEBUG = environment.yes_or_no("UNPINCH_DEBUG", otherwise=False)
SECRET_KEY = environment.secret_key(DATA_FOLDER)
HEALTH_KEYS, HEALTH_KEY_FILE = environment.health_keys(DATA_FOLDER)
ALLOWED_HOSTS = environment.hosts(_url)
ROOT_URLCONF = "unpinch.config.urls"
WSGI_APPLICATION = "unpinch.config.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "csp",
    "unpinch.records",
    "unpinch.web.apps.WebConfig",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "unpinch.web.headers.PermissionsPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "unpinch.web.sign_in.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "unpinch.web.errors.ExplainedErrors",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "unpinch.web.context.practice",
            ],
        },
    },
]

ALLOWS_LOCAL_CALENDARS = environment.yes_or_no("UNPINCH_LOCAL_CALENDARS", otherwise=False)
"""Whether therapists' own calendars may be fetched from addresses inside this network."""

DATABASES = {"default": environment.database(environment.read("UNPINCH_DATABASE_URL"), DATA_FOLDER)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "records.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# An interview is not stored until the person chooses so: its state travels with the person, signed.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
# Under this name a browser takes the cookie from this very host over HTTPS alone, not from a neighbour's.
SESSION_COOKIE_NAME = "__Host-sessionid" if _https else "sessionid"
CSRF_COOKIE_NAME = "__Host-csrftoken" if _https else "csrftoken"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = _https
CSRF_FAILURE_VIEW = "unpinch.web.errors.csrf_failure"
LOGIN_URL = "login"
CSRF_TRUSTED_ORIGINS = [f"{_url.scheme}://{_url.netloc}"]

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _https else 0
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = ["^healthz$"]  # asked by monitors on the machine itself, past the proxy
X_FRAME_OPTIONS = "DENY"
SILENCED_SYSTEM_CHECKS = [
    "security.W005",  # the neighbours below this name are not ours to decide on
    "security.W021",  # neither is a place in the browsers' own lists
]

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    },
}

LANGUAGE_CODE = "en-gb"
USE_I18N = True
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = DATA_FOLDER / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
globals().update(_mail)
DEFAULT_FROM_EMAIL = environment.read("UNPINCH_EMAIL_FROM", "unpinch@localhost")

SMS = environment.sms()
"""Where text messages go; empty when none are sent."""

# Uploads are not accepted anywhere; forms are small.
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000

LOGGING = logging_settings(environment.read("UNPINCH_LOG_LEVEL", "INFO").upper())
