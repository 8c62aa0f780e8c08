"""A digest handed out is a file that is there, whole, and this tenant's."""

import os

import pytest

from portal.files import store
from portal.sm3 import sm3


def test_what_is_kept_comes_back_and_lies_under_its_sm3_in_its_tenants_room(world):
    with world.as_("inspector") as who:
        kept = store.keep([b"first ", b"half"])
        assert kept.digest == sm3(b"first half")
        assert kept.size == 10
        assert kept.path.parts[-3:] == (str(who.tenant_id), kept.digest[:2], kept.digest)
        assert store.open_kept(kept.digest) == b"first half"


def test_one_flipped_bit_on_the_disk_is_noticed(world):
    with world.as_("inspector"):
        kept = store.keep([b"proof"])
        kept.path.write_bytes(b"proog")
        with pytest.raises(store.Damaged, match="SM3"):
            store.open_kept(kept.digest)


def test_a_lost_file_is_said_to_be_lost(world):
    with world.as_("inspector"):
        kept = store.keep([b"proof"])
        kept.path.unlink()
        with pytest.raises(store.Damaged, match="找不到"):
            store.open_kept(kept.digest)


def test_another_city_cannot_open_a_file_by_its_digest(world):
    with world.as_("inspector"):
        kept = store.keep([b"proof"])
    with world.as_("inspector_x"), pytest.raises(store.Damaged):
        store.open_kept(kept.digest)


def test_an_upload_that_breaks_off_leaves_nothing(world):
    def chunks():
        yield b"some"
        raise ConnectionError

    with world.as_("inspector"):
        with pytest.raises(ConnectionError):
            store.keep(chunks())
        assert [path for path in store.own_room().rglob("*") if path.is_file()] == []


def test_content_is_on_the_disk_before_it_has_its_name_and_its_name_before_the_digest_is_handed_out(world, monkeypatch):
    happened = []
    fsync, replace = os.fsync, os.replace
    monkeypatch.setattr(os, "fsync", lambda fd: (happened.append(("fsync", os.path.isdir(f"/dev/fd/{fd}"))), fsync(fd)))
    monkeypatch.setattr(os, "replace", lambda *paths: (happened.append(("replace", None)), replace(*paths)))
    with world.as_("inspector"):
        store.keep([b"proof"])
    content, name, directory = happened.index(("fsync", False)), happened.index(("replace", None)), len(happened) - 1
    assert content < name < directory
    assert happened[directory] == ("fsync", True)
