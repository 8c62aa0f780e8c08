"""Which kept files the hazards' records name."""

from collections.abc import Iterator

from hazards.models import BroadcastAnswer, Evidence, Notice, SelfCheckPhoto
from portal.files.scrub import named_by


def register_files() -> None:
    named_by["佐证材料"] = evidence
    named_by["文书"] = notices
    named_by["自查照片"] = selfchecks
    named_by["举一反三答复照片"] = answers


def evidence() -> Iterator[tuple[str, str]]:
    for pk, digest in Evidence.objects.order_by("pk").values_list("pk", "digest").iterator():
        yield digest, f" {pk}"


def notices() -> Iterator[tuple[str, str]]:
    named = Notice.objects.filter(content__has_key="pdf").order_by("pk")
    for number, digest in named.values_list("number", "content__pdf").iterator():
        yield digest, f" {number}"


def selfchecks() -> Iterator[tuple[str, str]]:
    for pk, digest in SelfCheckPhoto.objects.order_by("pk").values_list("pk", "digest").iterator():
        yield digest, f" {pk}"


def answers() -> Iterator[tuple[str, str]]:
    """Of every answer that was given, the amended ones too: they stay to be read."""
    for pk, items in BroadcastAnswer.objects.order_by("pk").values_list("pk", "items").iterator():
        for item in items:
            if item["photo"]:
                yield item["photo"]["digest"], f" {pk}"
