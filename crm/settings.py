"""Settings of every installation, read from the environment.

Without DATABASE_URL the program runs a PostgreSQL of its own; with it, somebody
else's, and never loads demo data. With ALLOWED_HOSTS beside it, it answers to more
than this machine: then it wants TLS, and refuses to serve on guessable secrets. The
README lists all names.
"""

import os
import sys
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from crm.running import environment
from crm.running.localpg import APP_ROLE, DATABASE, OWNER_ROLE
from crm.running.localpg.account import socket_directory

ROOT = Path(__file__).resolve().parent.parent
VAR = Path(os.environ.get("CRM_VAR") or ROOT / "var").absolute()
TESTING = "PYTEST_VERSION" in os.environ
WORKING = os.environ.get("CRM_DATABASE_ROLE") == "worker"
SERVING = WORKING or os.environ.get("CRM_DATABASE_ROLE") == "app"
RESTORING = sys.argv[1:2] == ["restore"]
DATABASE_URL = os.environ.get("DATABASE_URL", "")
LOCAL = not DATABASE_URL
DEMO = LOCAL and not TESTING and environment.flag("CRM_DEMO", default=True)

# --- Who may reach us, and how ------------------------------------------------------

DEBUG = LOCAL and environment.flag("CRM_DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY", "")
ALLOWED_HOSTS = environment.words("ALLOWED_HOSTS")
PUBLIC = bool(DATABASE_URL and ALLOWED_HOSTS)
PLAIN_HTTP = not PUBLIC or TESTING or environment.flag("CRM_PLAIN_HTTP")
CSRF_TRUSTED_ORIGINS = environment.words("CSRF_TRUSTED_ORIGINS")
# Addresses of the proxies in front, whose X-Forwarded-For and -Proto are believed.
CRM_PROXIES = [word for word in environment.words("CRM_PROXIES") if word != "none"]

if not PUBLIC:
    ALLOWED_HOSTS += ["localhost", "127.0.0.1", "[::1]"]
if DATABASE_URL and SERVING and (_faults := environment.production_faults()):
    raise ImproperlyConfigured(environment.production_refusal(_faults))
if not SECRET_KEY:
    SECRET_KEY = environment.kept_secret(VAR / "secret-key", passing=RESTORING)

# --- The program --------------------------------------------------------------------

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django.forms",
    "pgtrigger",
    "django_filters",
    "django_tables2",
    "csp",
    "django_tasks",
    "django_tasks_db",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "crm",
    "crm.notices",
    "crm.jobs",
    "crm.backups",
    "crm.duplicates",
    "crm.bulk",
    "crm.papers",
    "customers",
    "feedback",
    "contracts",
    "sales",
    "competitors",
    "system",
    "system.announcements",
    "system.calendar",
    "system.leaving",
]

MIDDLEWARE = [
    "crm.running.logging.RequestIdMiddleware",
    "crm.middleware.ProxyMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "crm.middleware.SmallMiddleware",
    "crm.middleware.FaultMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "crm.middleware.LanguageMiddleware",
    "crm.middleware.PrivateMiddleware",
    "django.middleware.common.CommonMiddleware",
    "crm.middleware.ReadableMiddleware",
    "crm.running.pacing.PacingMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crm.accounts.denials.DenialMiddleware",
    "crm.accounts.interrupted.InterruptedMiddleware",
    "crm.middleware.SignInMiddleware",
    "crm.accounts.open_sessions.SeenMiddleware",
    "crm.accounts.obligations.ObligationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "crm.middleware.ActingMiddleware",
    "crm.running.replica.ReplicaMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "crm.running.templates.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "builtins": ["crm.templatetags.icons"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "crm.navigation.menu.menu",
                "crm.navigation.at_hand.at_hand",
                "crm.demo.demo_people",
                "crm.views.switches.chosen_theme",
                "crm.accounts.interrupted.interrupted",
                "system.help.tour.tour",
            ],
        },
    },
]
FORM_RENDERER = "crm.forms.rendering.FormRenderer"

# --- Data ---------------------------------------------------------------------------

# Pages are served by a role that can neither change the schema nor touch the history;
# commands, migrations and tests work as the owner of the tables.
if LOCAL:
    _HOME = VAR / ("postgres-test" if TESTING else "postgres")
    DATABASES = {
        "default": {
            "ENGINE": "crm.running.localpg",
            "NAME": DATABASE,
            "USER": APP_ROLE if SERVING else OWNER_ROLE,
            "HOST": str(socket_directory(_HOME)),
            "PORT": "5432",
            "LOCAL": {"home": _HOME, "testing": TESTING},
            "OPTIONS": {},
        }
    }
else:
    _OWNER_URL = os.environ.get("DATABASE_OWNER_URL") or DATABASE_URL
    DATABASES = {
        "default": environment.database(DATABASE_URL if SERVING else _OWNER_URL)
    }
    if _OWNER_URL != DATABASE_URL:
        APP_ROLE = environment.database(DATABASE_URL)["USER"]

if WORKING:
    if DATABASE_URL and environment.flag("CRM_POOLED"):
        DATABASES["default"] = environment.past_pooler(DATABASES["default"], _OWNER_URL)
    DATABASES["default"] = environment.for_work(DATABASES["default"])
elif SERVING:
    _POOLED = bool(DATABASE_URL) and environment.flag("CRM_POOLED")  # by PgBouncer
    DATABASES["default"] = environment.for_pages(DATABASES["default"], pooled=_POOLED)
    # Reads of the pages that `crm.running.replica` knows; without it nothing changes.
    if DATABASE_URL and (_REPLICA := os.environ.get("DATABASE_REPLICA_URL", "")):
        DATABASES["replica"] = environment.for_pages(
            environment.replica(_REPLICA), pooled=_POOLED
        )
        DATABASE_ROUTERS = ["crm.running.replica.Router"]
DATABASE_APP_ROLE = APP_ROLE

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

# In the database, so that limits on sign-in count for all processes together.
CACHES = {
    "default": {
        "BACKEND": "crm.running.cache.Cache",
        "LOCATION": "crm_cache",
        "OPTIONS": {"MAX_ENTRIES": 10_000},
    },
    # Parts of pages that are the same for many people, drawn once in each process.
    "template_fragments": {
        "BACKEND": "django.core.cache.backends.dummy.DummyCache"
        if DEBUG
        else "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 1000},
    },
}

ATTACHMENTS = VAR / "attachments"
MEDIA_ROOT = ATTACHMENTS
MEDIA_URL = "attachments/"  # never mapped to files: a view asks for the right first
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000  # fields of a form; files count apart
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20
# Hosts whose feeds may be read, of whom nobody is asked unless named here.
CRM_FEED_HOSTS = environment.words("CRM_FEED_HOSTS")
CRM_DAILY_UPLOAD_BYTES = environment.number("CRM_DAILY_UPLOAD_MB", 1000) * 1024 * 1024
CRM_MAX_UPLOAD_BYTES = environment.number("CRM_MAX_UPLOAD_MB", 20) * 1024 * 1024

# Of everything, each one a file; on another disk it survives this one.
BACKUPS = Path(os.environ.get("CRM_BACKUPS") or VAR / "backups").absolute()
# A file with the passphrase that they are encrypted with, if they are to be.
BACKUP_KEY_FILE = os.environ.get("CRM_BACKUP_KEY_FILE", "")
# A second place: a directory, or commands in which {file} and {name} are filled in.
BACKUP_COPY_TO = os.environ.get("CRM_BACKUP_COPY_TO", "")
BACKUP_COPY_COMMAND = os.environ.get("CRM_BACKUP_COPY_COMMAND", "")
BACKUP_READ_COMMAND = os.environ.get("CRM_BACKUP_READ_COMMAND", "")

# --- People -------------------------------------------------------------------------

AUTH_USER_MODEL = "crm.User"
AUTHENTICATION_BACKENDS = ["crm.backends.Backend"]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
PASSWORD_HASHERS = [
    "crm.accounts.hashers.Argon2idHasher",
    # Accepted from before; the next sign-in hashes anew with the first.
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
] + [
    {"NAME": "crm.accounts.passwords.LengthValidator"},
    {"NAME": "crm.accounts.passwords.FamiliarValidator"},
]

ACCOUNT_ADAPTER = "crm.accounts.sign_in.AccountAdapter"
ACCOUNT_FORMS = {"login": "crm.views.sign_in.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_USER_MODEL_EMAIL_FIELD = "email"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False  # no letters to strangers, whoever asks for them
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False  # this session goes on, all others end
ACCOUNT_RATE_LIMITS = {
    "login": None,  # crm.accounts.attempts counts: an office shares one address
    "login_failed": "10/15m/key",  # of codes; of passwords, crm.accounts.attempts
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}

MFA_ADAPTER = "crm.accounts.second_factor.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "CRM"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600  # seconds for which a typed password is fresh

SESSION_ENGINE = "crm.accounts.sessions"
# A session ends by idleness only, which `crm.accounts.open_sessions` counts in the
# database; the cookie merely outlasts it.
CRM_SESSION_IDLE_MINUTES = max(1, environment.number("CRM_SESSION_IDLE_MINUTES", 480))
SESSION_COOKIE_AGE = 180 * 24 * 60 * 60
SESSION_SAVE_EVERY_REQUEST = False

# --- What the browser is told -------------------------------------------------------

_COOKIE_PREFIX = "" if PLAIN_HTTP else "__Host-"
SESSION_COOKIE_NAME = f"{_COOKIE_PREFIX}sessionid"
CSRF_COOKIE_NAME = f"{_COOKIE_PREFIX}csrftoken"
LANGUAGE_COOKIE_NAME = f"{_COOKIE_PREFIX}language"
THEME_COOKIE_NAME = f"{_COOKIE_PREFIX}theme"
STEPS_COOKIE_NAME = f"{_COOKIE_PREFIX}steps"
TOUR_COOKIE_NAME = f"{_COOKIE_PREFIX}tour"
DEVICE_COOKIE_NAME = f"{_COOKIE_PREFIX}device"
PERSON_COOKIE_NAME = f"{_COOKIE_PREFIX}person"
POSITION_COOKIE_NAME = f"{_COOKIE_PREFIX}position"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = not PLAIN_HTTP
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not PLAIN_HTTP
SECURE_HSTS_PRELOAD = not PLAIN_HTTP
SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_REDIRECT_EXEMPT = [r"^health/$"]  # asked for on the loopback, without TLS
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [ROOT / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if TESTING or DEBUG
        else "crm.running.together.TogetherStorage"
    },
}
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = TESTING or DEBUG
#: Whitenoise knows no such name; a browser installs only what is sent as one.
WHITENOISE_MIMETYPES = {".webmanifest": "application/manifest+json"}

# --- Language and time --------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# --- Mail and log -------------------------------------------------------------------

DEFAULT_FROM_EMAIL = os.environ.get("CRM_MAIL_FROM", "crm@localhost")
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = environment.number("EMAIL_PORT", 25)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = environment.flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.dummy.EmailBackend"  # no secret into the log
)
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "crm.running.logging.JsonFormatter"}},
    "handlers": {
        "stderr": {"class": "logging.StreamHandler", "formatter": "json"},
    },
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        "crm": {"handlers": ["stderr"], "level": "INFO", "propagate": False},
    },
}
