"""Every file a record names is read again; what no record names is put aside first, and never what one names."""

import os
import time
from datetime import date
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from enterprises.actions import transformation
from hazards.actions.evidence import add_evidence
from portal.audit.models import AuditRecord
from portal.files import images, scrub, store
from tests import stories
from tests.files import samples


@pytest.fixture
def evidence(world):
    """Files of every kind that records name: a notice, a photo, a step on a list."""
    hazard = stories.issued(world)
    with world.as_("office"):
        entry = transformation.put_on_list(
            hazard.enterprise_id, list="upgrade", target="自动化", measure="改造", due_on=date(2027, 12, 1)
        )
        transformation.progress(entry.pk, "已动工", stories.photo(9))
    with world.as_("officer"):
        return add_evidence(
            samples.upload(samples.picture()), enterprise=hazard.enterprise, phase="after", hazard=hazard
        )


def age(path, days):
    then = time.time() - days * 86400
    os.utime(path, (then, then))


def test_every_kind_of_file_the_portal_keeps_is_named_by_a_record(world, evidence):
    with world.as_("office"):
        kept = {path.name for path in store.own_room().glob("[0-9a-f][0-9a-f]/*")}
        assert kept == {digest for digest, _ in scrub.names()}
        assert len(kept) == 3
        assert scrub.check().damaged == []
        assert scrub.check().checked == 3


@pytest.mark.parametrize("harm", [lambda path: path.write_bytes(b"x"), lambda path: path.unlink()])
def test_damage_and_loss_are_named_and_noted(world, evidence, harm):
    with world.as_("office"):
        harm(store.path_of(evidence.digest))
        (told,) = scrub.check().damaged
        assert f"佐证材料 {evidence.pk}" in told
        assert evidence.digest in told
    with world.as_("auditor"):
        assert AuditRecord.objects.get(action="files.damaged").changes["digest"] == evidence.digest


def test_a_week_of_nights_reads_every_file_once(world, evidence):
    with world.as_("office"):
        assert sum(scrub.check(part).checked for part in range(scrub.PARTS)) == 3


def test_what_no_record_names_is_put_aside_and_deleted_later_and_nothing_else_is(world, evidence):
    with world.as_("office"):
        orphan, young = store.keep([b"nobody's"]), store.keep([b"just received"])
        images.display_copy(evidence.digest, 320)
        for path in (orphan.path, store.path_of(evidence.digest)):
            age(path, 40)
        assert scrub.sweep(30) == 1
        assert not orphan.path.exists()
        aside = store.own_room() / "aside" / orphan.digest
        assert aside.exists()
        assert young.path.exists()
        assert store.open_kept(evidence.digest) == samples.picture()
        assert scrub.sweep(30) == 0
        age(aside, 40)
        assert scrub.sweep(30) == 1
        assert not aside.exists()
        assert scrub.check().damaged == []


def test_a_file_put_aside_that_a_record_names_after_all_is_put_back(world, evidence):
    with world.as_("office"):
        aside = store.own_room() / "aside"
        aside.mkdir()
        store.path_of(evidence.digest).rename(aside / evidence.digest)
        age(aside / evidence.digest, 90)
        scrub.sweep(30)
        assert store.open_kept(evidence.digest) == samples.picture()


def test_what_a_dead_worker_was_writing_goes(world, evidence):
    with world.as_("office"):
        stale, fresh = (store.own_room() / f"incoming-{uuid4().hex}" for _ in range(2))
        for path in (stale, fresh):
            path.write_bytes(b"x")
        age(stale, 2)
        assert scrub.sweep() == 1
        assert fresh.exists()


def test_the_command_says_what_it_read_and_fails_on_damage(world, evidence, capsys):
    call_command("check_files", "--tenant", "江州市", "--sweep", "30")
    assert "核对 3 个文件，损坏 0 个" in capsys.readouterr().out
    with world.as_("office"):
        store.path_of(evidence.digest).write_bytes(b"x")
    with pytest.raises(CommandError, match=evidence.digest):
        call_command("check_files")
    with pytest.raises(CommandError, match="至少"):
        call_command("check_files", "--sweep", "0")
