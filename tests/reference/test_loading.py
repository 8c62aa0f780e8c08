"""`manage.py load_catalogs`: an edition is loaded once, a changed file is a new one, and old ones stay."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.utils import ProgrammingError

from portal.reference.actions import load
from portal.reference.definitions import BY_KEY
from portal.reference.files import FOLDER, content
from portal.reference.models import Catalog, CatalogLine
from portal.reference.rules import BadCatalog
from portal.sm3 import sm3
from portal.tenancy.scope import platform_scope

TABLE1 = BY_KEY["gb18218_table1"]
CHANGED = content("gb18218_table1").replace(b"7664-41-7,10,", b"7664-41-7,5,", 1)


def run(*args, **options) -> str:
    out = StringIO()
    call_command("load_catalogs", *args, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def changed_folder(tmp_path):
    """Another edition of table 1: ammonia from 5 t, the last line gone, one more."""
    *kept, last = CHANGED.decode().splitlines()
    seq, _, rest = last.partition(",")
    assert seq == "85"
    (tmp_path / "gb18218_table1.csv").write_text("\n".join([*kept, f"86,{rest}", ""]), encoding="utf-8")
    return tmp_path


def test_a_fresh_installation_has_every_catalog(world):
    with platform_scope():
        assert set(Catalog.objects.current().values_list("key", flat=True)) == set(BY_KEY)
        assert Catalog.objects.get(key="gb18218_table1").digest == sm3(content("gb18218_table1"))
        assert CatalogLine.objects.filter(catalog__key="gb18218_table1").count() == 85


def test_loading_again_changes_nothing(world):
    before = editions()
    said = run()
    assert said.count("没有变化") == len(BY_KEY) + 1
    assert "新增" not in said
    assert editions() == before


def editions():
    with platform_scope():
        return list(Catalog.objects.order_by("pk").values_list("key", "number", "digest"))


def test_what_changed_is_said_field_by_field(world, changed_folder):
    said = run(folder=changed_folder)
    assert "新增 1，修改 1，删去 1" in said
    assert "~ 1 氨：临界量（t） “10” → “5”" in said
    assert "  + 86 " in said
    assert "  - 85 " in said
    assert "没有写入" in said


def test_a_comparison_writes_nothing(world, changed_folder):
    before = editions()
    report = json.loads(run("gb18218_table1", folder=changed_folder, json=True))
    assert report["dry_run"] is True
    (catalog,) = report["catalogs"]
    assert catalog["new_edition"] is True
    assert catalog["changed"] == [{"code": "1", "title": "氨", "fields": {"threshold_t": ["10", "5"]}}]
    assert [line["code"] for line in catalog["withdrawn"]] == ["85"]
    assert editions() == before
    with platform_scope():
        load(TABLE1, CHANGED, dry_run=True)
    assert editions() == before


def test_a_changed_file_is_a_new_edition_and_the_old_one_stays(world):
    with platform_scope():
        assert load(TABLE1, CHANGED).edition == 2
        assert not load(TABLE1, CHANGED).is_new
        current = CatalogLine.objects.current().get(catalog__key="gb18218_table1", code="1")
        assert current.data["threshold_t"] == "5"
        old = CatalogLine.objects.get(catalog__key="gb18218_table1", catalog__number=1, code="1")
        assert old.data["threshold_t"] == "10"
        assert Catalog.objects.current().filter(key="gb18218_table1").count() == 1


def test_going_back_to_an_older_file_is_a_third_edition(world):
    with platform_scope():
        load(TABLE1, CHANGED)
        again = load(TABLE1, content("gb18218_table1"))
        assert again.edition == 3
        assert again.difference.changed[0].fields == {"threshold_t": ("5", "10")}


def test_a_faulty_file_loads_nothing(world, tmp_path):
    before = editions()
    with platform_scope(), pytest.raises(BadCatalog):
        load(TABLE1, CHANGED + b"1,\xe6\xb0\xa8,,,1,,,,,,,high\n")
    (tmp_path / "key_processes.csv").write_text("seq,name\n1,x\n", encoding="utf-8")
    with pytest.raises(CommandError, match="缺少列"):
        run(folder=tmp_path)
    assert editions() == before


def test_a_catalog_that_is_not_one_is_named(world):
    with pytest.raises(CommandError, match="没有这个目录：nothing"):
        run("nothing")
    with pytest.raises(CommandError, match="没有载入"):
        run("penalties", folder=FOLDER / "nowhere")


@pytest.mark.parametrize("login", ["office", "inspector", "expert", "officer", "auditor", "sysadmin", "secadmin"])
def test_nobody_in_a_city_can_write_a_catalog(world, login):
    with world.as_(login):
        for write in (
            lambda: Catalog.objects.create(key="own", number=1, title="x", edition="x", source="x", digest="x"),
            lambda: Catalog.objects.update(title="x"),
            lambda: CatalogLine.objects.update(title="x"),
            lambda: CatalogLine.objects.all().delete(),
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                write()


def test_not_even_the_platform_changes_a_line_once_it_is_loaded(world):
    with platform_scope():
        for write in (lambda: CatalogLine.objects.update(title="x"), lambda: CatalogLine.objects.all().delete()):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                write()
