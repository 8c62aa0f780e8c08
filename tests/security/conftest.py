"""A database of the module's own with everybody's records in it, made once; each test is rolled back."""

import os

import pytest
from django.db import connections

from tests.conftest import clone, drop, use
from tests.security.objects import everybodys_records
from tests.world import World


@pytest.fixture(scope="module")
def stocked(django_db_setup, django_db_blocker, tmp_path_factory):
    from django.conf import settings

    name = f"{django_db_setup}_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_stocked"
    mine = connections["default"].settings_dict["NAME"]
    media, before = tmp_path_factory.mktemp("media"), settings.MEDIA_ROOT
    clone(django_db_setup, name)
    with django_db_blocker.unblock():
        use(name)
        settings.MEDIA_ROOT = media
        found = everybodys_records(World.read())
        yield found, media, {path.name for path in media.glob("*/[0-9a-f][0-9a-f]/*")}
        settings.MEDIA_ROOT = before
        use(mine)
    drop(name)


@pytest.fixture
def records(stocked, db, settings):
    found, settings.MEDIA_ROOT, _ = stocked
    return found


@pytest.fixture
def first_files(stocked) -> set[str]:
    """The names of the files that came with everybody's records, before any test added its own."""
    return stocked[2]
