"""Which kept files the hazards' records name."""

from collections.abc import Iterator

from hazards.models import Evidence, Notice
from portal.files.scrub import named_by


def register_files() -> None:
    named_by["佐证材料"] = evidence
    named_by["文书"] = notices


def evidence() -> Iterator[tuple[str, str]]:
    for pk, digest in Evidence.objects.order_by("pk").values_list("pk", "digest").iterator():
        yield digest, f" {pk}"


def notices() -> Iterator[tuple[str, str]]:
    named = Notice.objects.filter(content__has_key="pdf").order_by("pk")
    for number, digest in named.values_list("number", "content__pdf").iterator():
        yield digest, f" {number}"
