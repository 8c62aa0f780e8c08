"""The portal's settings plus the migration linter, which a production image does not carry."""

from campaign.settings import *  # noqa: F403
from campaign.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django_migration_linter"]
# Nothing of ours is deployed before its first migration; other people's migrations are theirs to judge.
MIGRATION_LINTER_OPTIONS = {
    "exclude_apps": ["axes", "otp_totp"],
    "ignore_name_contains": "0001_initial",
    # Unique keys for a table that no page wrote to before, and for columns that are new and empty.
    "ignore_name": ["0004_people", "0014_documents"],
}
