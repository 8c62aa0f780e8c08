"""The tenant wall, read from the database itself."""

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from enterprises.models import Enterprise
from portal.tenancy.walls import faults, walled_models


def test_every_tenant_table_stands_behind_its_declared_wall(db):
    assert faults(connection) == []


@pytest.mark.parametrize("model", walled_models(), ids=lambda model: model._meta.label)
def test_without_a_scope_no_tenant_table_can_be_read(db, model):
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        model.objects.first()


def test_a_district_sees_its_own_enterprises_and_no_others(world):
    with world.as_("inspector"):
        assert set(Enterprise.objects.values_list("pk", flat=True)) == {world.enterprises["a"], world.enterprises["b"]}
