"""Leads, never verdicts: what a reviewer is asked to look at, and what nobody is told over the wall."""

import io
import random
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from enterprises.models import Enterprise
from hazards import leads
from hazards.actions import moves
from hazards.actions.evidence import add_evidence
from hazards.models import Evidence
from hazards.queries.pictures import alike
from portal.files import looking
from tests import stories
from tests.files import corpus, samples

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)


def taken(when, gps=None, image=None) -> bytes:
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = when.strftime("%Y:%m:%d %H:%M:%S")
    if gps:
        place = exif.get_ifd(0x8825)
        place[1], place[2], place[3], place[4] = "N", (gps[1], 0.0, 0.0), "E", (gps[0], 0.0, 0.0)
    return corpus.saved("JPEG", image or corpus.scene(seed=77), exif=exif)


def add(world, login, hazard, phase, content):
    with world.as_(login):
        return add_evidence(samples.upload(content), enterprise=hazard.enterprise, phase=phase, hazard=hazard)


@pytest.mark.parametrize(
    ("phase", "when", "ordered", "told"),
    [
        ("after", NOON, date(2026, 11, 20), []),
        ("after", NOON - timedelta(days=1), date(2026, 11, 20), [leads.BEFORE_NOTICE]),
        ("before", NOON - timedelta(days=1), date(2026, 11, 20), []),
        ("after", NOON - timedelta(days=1), None, []),
        ("found", NOON + timedelta(hours=1), None, [leads.AFTER_UPLOAD]),
        ("found", NOON + timedelta(minutes=9), None, []),
        ("after", None, date(2026, 11, 20), [leads.NO_TIME]),
    ],
)
def test_a_cameras_time_is_compared_with_the_notice_and_the_upload(phase, when, ordered, told):
    assert leads.by_time(phase, when, NOON, ordered) == told


def test_a_place_is_compared_with_the_plants():
    plant = (119.3, 26.075)
    assert leads.by_place((119.3, 26.085), plant, 2000) == []
    assert leads.by_place((119.3, 26.1), plant, 2000) == [leads.FAR]
    assert leads.by_place((119.33, 26.075), plant, 2000) == [leads.FAR]
    assert leads.by_place(None, plant, 2000) == leads.by_place(plant, None, 2000) == []


def test_the_place_the_device_noted_counts_where_the_picture_itself_has_none():
    plant, near, far = (119.3, 26.075), (119.3, 26.085), (119.3, 26.1)
    assert leads.by_place(None, plant, 2000, far) == [leads.FAR_BY_DEVICE]
    assert leads.by_place(None, plant, 2000, near) == []
    assert leads.by_place(near, plant, 2000, far) == []
    assert leads.by_place(far, plant, 2000, near) == [leads.FAR]


def test_a_likeness_survives_being_sent_on_and_tells_scenes_apart():
    scenes = [corpus.scene(seed=seed) for seed in range(100, 130)]
    prints = [looking.likeness(one) for one in scenes]
    for one, own in zip(scenes, prints, strict=True):
        small = one.resize((320, 240))
        again = Image.open(io.BytesIO(corpus.saved("JPEG", small, quality=30)))
        assert leads.apart(looking.likeness(again), own) <= leads.NEAR
    far = [leads.apart(a, b) for n, a in enumerate(prints) for b in prints[:n]]
    assert min(far) > leads.NEAR
    assert looking.likeness(Image.new("RGB", (50, 50), "grey")) is None
    assert all(-(2**63) <= one < 2**63 for one in prints)


def test_six_differences_always_leave_a_piece_to_be_found_by():
    chance = random.Random(5)
    for _ in range(2000):
        one = chance.getrandbits(64)
        other = one
        for bit in chance.sample(range(64), leads.NEAR):
            other ^= 1 << bit
        assert any(b in leads.neighbours(a) for a, b in zip(leads.bands(one), leads.bands(other), strict=True))


def test_the_same_picture_before_and_after_is_a_lead(world):
    hazard = stories.issued(world)
    scene = corpus.scene(seed=5)
    today = timezone.localtime()
    first = add(world, "officer", hazard, "before", taken(today, image=scene))
    again = add(world, "officer", hazard, "after", taken(today, image=scene.resize((400, 300))))
    other = add(world, "officer", hazard, "after", taken(today, image=corpus.scene(seed=6)))
    assert (first.leads, again.leads, other.leads) == ([], [leads.SAME_AS_BEFORE], [])


def test_a_picture_of_another_hazard_of_the_plant_is_a_lead(world):
    content = taken(timezone.localtime())
    add(world, "officer", stories.issued(world), "after", content)
    assert add(world, "officer", stories.issued(world), "after", content).leads == [leads.SEEN_AT_PLANT]


def test_time_and_place_are_kept_with_the_picture(world):
    hazard = stories.issued(world)
    with world.as_("office"):
        Enterprise.objects.filter(pk=hazard.enterprise_id).update(longitude="119.3", latitude="26.0")
    hazard = stories.fresh(world, hazard)
    yesterday = timezone.localtime() - timedelta(days=3)
    made = add(world, "officer", hazard, "after", taken(yesterday, (119.0, 26.0)))
    assert made.leads == [leads.BEFORE_NOTICE, leads.FAR]
    assert add(world, "officer", hazard, "before", taken(yesterday, (119.3, 26.0), corpus.scene(seed=9))).leads == []
    assert add(world, "officer", hazard, "after", samples.PDF).leads == []


def test_a_picture_of_another_plant_is_told_to_those_alone_who_may_see_both(world):
    content = taken(timezone.localtime())
    add(world, "officer_c", stories.issued(world, "c"), "after", content)  # the sibling district
    add(world, "officer_x", stories.issued(world, "x"), "after", content)  # another city
    hazard = stories.issued(world)
    made = add(world, "officer", hazard, "after", content)
    assert made.leads == [], "nothing of another plant is kept with this one's picture"
    with world.as_("officer"):
        moves.submit(hazard.pk, "已更换垫片并紧固，责任人方安。")

    def told(login):
        return world.client(login).get(reverse("hazard_recheck", args=[hazard.pk])).content.decode()

    said = leads.WORDS[leads.SEEN_ELSEWHERE]
    assert said in told("office")
    assert said not in told("inspector")
    add(world, "officer_b", stories.issued(world, "b"), "after", content)  # the same district
    assert said in told("inspector")
    with world.as_("officer"):
        assert alike(Evidence.objects.get(pk=made.pk)) == []


def test_reviewers_are_shown_what_to_look_at_and_the_enterprise_is_not(world, django_assert_max_num_queries):
    hazard = stories.submitted(world)
    said = leads.WORDS[leads.NO_TIME]
    for login in ("inspector", "office", "auditor"):
        assert said in world.client(login).get(f"/hazards/{hazard.pk}/").content.decode()
    assert said not in world.client("officer").get(f"/hazards/{hazard.pk}/").content.decode()
    for login, leads_told in (("inspector", [said]), ("officer", [])):
        (one,) = world.client(login).get(f"/api/v1/evidence/?hazard={hazard.pk}").json()["results"]
        assert one["leads"] == leads_told
    client = world.client("inspector")
    with django_assert_max_num_queries(24):
        client.get(f"/hazards/{hazard.pk}/recheck/")


def test_hazards_with_pictures_to_look_at_can_be_listed(world):
    doubtful = stories.submitted(world, description="照片可疑的一条")
    clean = stories.issued(world, description="照片无疑的一条")
    add(world, "officer", clean, "after", taken(timezone.localtime()))
    listed = world.client("inspector").get("/hazards/?photos=leads&all=1").content.decode()
    assert doubtful.description in listed
    assert clean.description not in listed
