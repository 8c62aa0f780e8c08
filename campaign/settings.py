"""Settings, read from the environment. Anything that protects people is on unless PORTAL_DEMO says otherwise."""

import json
import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

from celery.schedules import crontab

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("PORTAL_VAR_DIR", BASE_DIR / "var"))
DEMO = os.environ.get("PORTAL_DEMO") == "1"
HTTPS = os.environ.get("PORTAL_HTTPS", "0" if DEMO else "1") == "1"

DEBUG = False
SECRET_KEY = os.environ["DJANGO_SECRET_KEY"]
ALLOWED_HOSTS = os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost").split(",")
# What stands before the path in e-mails and in the QR codes of notices: the name in the browser's address bar.
PORTAL_URL = os.environ.get("PORTAL_URL", f"http://127.0.0.1:{os.environ.get('PORT', '8000')}").rstrip("/")
CSRF_TRUSTED_ORIGINS = [origin for origin in os.environ.get("CSRF_TRUSTED_ORIGINS", "").split(",") if origin]


def database(url: str) -> dict:
    parts = urlsplit(url)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "DISABLE_SERVER_SIDE_CURSORS": True,
    }


# The owner's connection is used by migrate and its kin alone; everything that serves people logs in as a role
# that owns nothing (docs/decisions/0002-tenant-wall.md).
OWNER_DATABASE = database(os.environ.get("DATABASE_OWNER_URL") or os.environ["DATABASE_URL"])
DATABASES = {"default": database(os.environ["DATABASE_URL"])}
REDIS_URL = os.environ.get("REDIS_URL", "redis://127.0.0.1:6379/0")

INSTALLED_APPS = [
    "portal.tenancy",
    "portal.audit",
    "portal.documents",
    "portal.files",
    "portal.uploads",
    "portal.messages",
    "portal.exports",
    "portal.reference",
    "portal.holidays",
    "portal.guide",
    "portal.ui",
    "enterprises",
    "hazards",
    "inspections",
    "accountability",
    "campaign",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_htmx",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
]

BEHIND_PROXY = os.environ.get("PORTAL_BEHIND_PROXY") == "1"
MIDDLEWARE = [
    *(["portal.proxy.AskedThroughProxy"] if BEHIND_PROXY else []),
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
    "portal.tenancy.middleware.ScopeMiddleware",
]

ROOT_URLCONF = "campaign.urls"
WSGI_APPLICATION = "campaign.wsgi.application"
ASGI_APPLICATION = "campaign.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.ui.context.shell",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    ["django.template.loaders.filesystem.Loader", "django.template.loaders.app_directories.Loader"],
                )
            ],
        },
    }
]

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.ui.packages.PackageFinder",
]
FRONT_END_FILES = {
    "vendor/tabler": (
        "@tabler/core/dist",
        ["css/tabler.min.css", "css/tabler.min.css.map", "js/tabler.min.js", "js/tabler.min.js.map"],
    ),
    "vendor/tabler-icons": (
        "@tabler/icons-webfont/dist",
        ["tabler-icons.min.css", *(f"fonts/tabler-icons.{kind}" for kind in ("woff2", "woff", "ttf"))],
    ),
    "vendor/htmx": ("htmx.org/dist", ["htmx.min.js"]),
    "vendor/tus": ("tus-js-client/dist", ["tus.min.js", "tus.min.js.map"]),
    "vendor/echarts": ("echarts/dist", ["echarts.common.min.js"]),
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "portal.ui.storage.PortalStaticStorage"},
}
MEDIA_ROOT = Path(os.environ.get("PORTAL_MEDIA_DIR", VAR_DIR / "media"))
DOCUMENT_FONT_DIRS = [
    BASE_DIR / "node_modules/@expo-google-fonts/noto-serif-sc/400Regular",
    BASE_DIR / "node_modules/@expo-google-fonts/noto-serif-sc/700Bold",
]
# Who signs documents electronically: the class of a provider (portal/documents/seal.py); nobody by default. The built-in
# "portal.documents.seal.PadesSeal" takes <tenant id>.p12 from DOCUMENT_SEAL_DIR; a city without one signs nothing.
DOCUMENT_SEAL = os.environ.get("DOCUMENT_SEAL", "")
DOCUMENT_SEAL_DIR = os.environ.get("DOCUMENT_SEAL_DIR", VAR_DIR / "seals")
DOCUMENT_SEAL_PASSPHRASE = os.environ.get("DOCUMENT_SEAL_PASSPHRASE", "")
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
# What one person may send piece by piece in 24 hours: some two hundred photos as a phone takes them.
UPLOAD_BYTES_PER_DAY = int(os.environ.get("UPLOAD_MB_PER_DAY", 1024)) * 2**20
# A ClamAV daemon that looks at every file before anybody is shown it: host:port or the path of its socket; none by default.
CLAMD = os.environ.get("CLAMD_ADDRESS", "")
# How far from the plant a photo may have been taken before whoever reviews it is asked to look.
EVIDENCE_FAR_METRES = int(os.environ.get("EVIDENCE_FAR_METRES", 2000))

AUTH_USER_MODEL = "tenancy.Account"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "portal.tenancy.login.GateBackend"]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/login/"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "portal.tenancy.login.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "portal.tenancy.login.ThreeKindsOfCharacters"},
]
SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_IDLE_SECONDS = int(os.environ.get("SESSION_IDLE_SECONDS", 3 * 3600))
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

AXES_FAILURE_LIMIT = 8
AXES_COOLOFF_TIME = timedelta(minutes=15)
# Per account, and per address and account together: a city hall behind one NAT must not lock itself out.
AXES_LOCKOUT_PARAMETERS = ["username", ["ip_address", "username"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "portal.tenancy.login.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
OTP_TOTP_ISSUER = "安全生产专项整治门户"

SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_REDIRECT_EXEMPT = [r"^livez$", r"^readyz$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        # Bootstrap and ECharts set style attributes on elements; style sheets themselves come from us alone.
        "style-src": ["'self'"],
        "style-src-attr": ["'unsafe-inline'"],
        "img-src": ["'self'", "data:", "blob:"],
        "media-src": ["'self'", "blob:"],
        "font-src": ["'self'", "data:"],
        "connect-src": ["'self'"],
        "frame-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}
PERMISSIONS_POLICY = {"camera": "self", "geolocation": "self", "microphone": [], "usb": [], "payment": []}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["portal.api.NeedsAction"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "portal.api.KeysetPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "portal.api.one_shape_of_error",
    "UNAUTHENTICATED_USER": None,
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "化工医药和危险化学品专项整治门户 API",
    "DESCRIPTION": "与页面同一套权限表、同一道租户墙。时间为 Asia/Shanghai。",
    "VERSION": "1.0",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "portal.uploads.openapi.describe_uploads",
    ],
    "ENUM_NAME_OVERRIDES": {
        "EnterpriseKindEnum": "enterprises.models.Kind",
        "NoticeKindEnum": "hazards.models.Notice.Kind",
        "UnitKindEnum": "enterprises.models.UnitKind",
        "JudgedEnum": "enterprises.models.Judged",
        "MajorLevelEnum": "enterprises.models.MajorLevel",
        "CredentialKindEnum": "enterprises.models.Credential.Kind",
        "HazardLevelEnum": "hazards.models.Level",
        "SectorEnum": "enterprises.models.Sector",
        "VisitVerdictEnum": "inspections.models.Answer.Verdict",
        "FieldRecheckVerdictEnum": "inspections.api_field.RECHECK_VERDICTS",
        "BroadcastVerdictEnum": "hazards.rules_broadcast.CHOICES",
        "SelfCheckStateEnum": "hazards.rules_selfcheck.CHOICES",
        "EvidencePhaseEnum": "hazards.models.Evidence.Phase",
        "SelfCheckPhaseEnum": "hazards.models.SelfCheckPhoto.Phase",
        "VisitStateEnum": "inspections.models.Visit.State",
        "AssessmentStateEnum": "inspections.models_assessments.Assessment.State",
        "AssessmentVerdictEnum": "inspections.models_assessments.AssessmentAnswer.Verdict",
        "KeyClauseEnum": "enterprises.models.KeyClause",
        "ProposalStateEnum": "enterprises.models.FactProposal.State",
        "SheetStateEnum": "enterprises.models.DiagnosisSheet.State",
        "GradeProposalStateEnum": "enterprises.models.GradeProposal.State",
        "GradeEnum": "enterprises.models.Grade",
        "ExportStateEnum": "portal.exports.models.ExportJob.State",
        "ReminderKindEnum": "hazards.models.ReminderPlan.Kind",
        "PhaseStateEnum": "campaign.rules_phases.CHOICES",
        "ReminderStateEnum": "hazards.queries.reminders.STATES",
        "HazardImportStateEnum": "hazards.models.HazardImport.State",
        "RegisterVerdictEnum": "hazards.queries.register.VERDICTS",
        "MeasureKindEnum": "accountability.models.Measure.Kind",
        "MeasureStateEnum": "accountability.rules_measure.CHOICES",
        "MeasureSubjectEnum": "accountability.models.Measure.Subject",
        "ScoreSubjectEnum": "accountability.models.SubjectKind",
        "TransformationStateEnum": "enterprises.models.Transformation.State",
        "TaskStateEnum": "campaign.rules_tasks.CHOICES",
        "ReportKindEnum": "campaign.rules_reports.KIND_CHOICES",
        "ReportStateEnum": "campaign.rules_reports.STATE_CHOICES",
        "ReportSectionEnum": "campaign.rules_reports.SECTION_CHOICES",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PERMISSIONS": ["portal.api.NeedsAction"],
    "SERVE_AUTHENTICATION": ["rest_framework.authentication.SessionAuthentication"],
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}

# How old the leadership's figures may be; the page says when they were counted. 0: counted at every look.
DASHBOARD_SECONDS = int(os.environ.get("DASHBOARD_SECONDS", 15))

CELERY_BROKER_URL = REDIS_URL
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
ROUNDS_EVERY_MINUTES = {
    "hazards.tasks.remind": 10,
    "portal.messages.tasks.deliver": 1,
    "hazards.tasks.scan_waiting": 1,
    "portal.files.tasks.scan_received": 1,
    "enterprises.tasks.remind_expiring": 60,
    "hazards.tasks.remind_selfchecks": 60,
    "inspections.tasks.watch_assessments": 60,
    "inspections.tasks.watch_handovers": 60,
    "accountability.tasks.remind_replies": 60,
    "campaign.tasks.remind_tasks": 60,
    "campaign.tasks.make_reports": 60,
    "hazards.tasks.fold_tally": 60,
    "hazards.tasks.propose_grades": 60,
    "hazards.tasks.watch_terms": 60,
    "portal.exports.tasks.drop_expired_exports": 60,
    "portal.uploads.tasks.drop_expired_uploads": 60,
}
# At an hour, not so long after the clock was started: at the next start the counting would begin anew.
ROUNDS_AT_HOUR = {"accountability.tasks.compute_leads": 1, "portal.files.tasks.check_files": 2}
CELERY_BEAT_SCHEDULE = {
    # What is not picked up before the next round is due is dropped: the next one does the same work.
    task: {
        "task": "hazards.tasks.for_each_tenant",
        "args": [task],
        "schedule": schedule,
        "options": {"expires": minutes * 60},
    }
    for task, schedule, minutes in (
        *((task, timedelta(minutes=minutes), minutes) for task, minutes in ROUNDS_EVERY_MINUTES.items()),
        *((task, crontab(hour=hour, minute=30), 24 * 60) for task, hour in ROUNDS_AT_HOUR.items()),
    )
}


def channels_of(path: str) -> dict:
    """Channels beside e-mail, by city ("*" for all): {"江州市": {"sms": {"kind": "gateway", "url": …, "secret": "env:SMS_KEY"}}}.

    What begins with env: is read from the environment, so that the file holds no secret.
    """

    def told(value):
        if isinstance(value, dict):
            return {name: told(inner) for name, inner in value.items()}
        return os.environ[value[4:]] if isinstance(value, str) and value.startswith("env:") else value

    return told(json.loads(Path(path).read_text("utf-8")))


CHANNEL_LOG = VAR_DIR / "channels.log"
if os.environ.get("PORTAL_CHANNELS"):
    CHANNELS = channels_of(os.environ["PORTAL_CHANNELS"])
else:
    CHANNELS = {"*": {"sms": {"kind": "sandbox", "per_day": 500}}} if DEMO else {}

# How long ago the last beat or round may be, and how long the oldest may have waited, before /readyz answers 503.
PULSE_LIMITS = {"beat": timedelta(minutes=5), "remind": timedelta(minutes=45), "deliver": timedelta(minutes=15)}
PULSE_WAITS = {"remind": timedelta(days=2), "deliver": timedelta(hours=2)}

EMAIL_BACKEND = os.environ.get(
    "EMAIL_BACKEND",
    "django.core.mail.backends.filebased.EmailBackend" if DEMO else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = VAR_DIR / "mail"
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", 25))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("EMAIL_USE_TLS") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "portal@localhost")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.request": {"level": "ERROR"}, "axes": {"level": "WARNING"}, "fontTools": {"level": "WARNING"}},
}
SILENCED_SYSTEM_CHECKS = ["security.W021"] if HTTPS else []
