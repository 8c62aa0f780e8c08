"""Which kept files the ledger's records name."""

from collections.abc import Iterator

from enterprises.models import TransformationStep
from portal.files.scrub import named_by


def register_files() -> None:
    named_by["提升淘汰材料"] = steps


def steps() -> Iterator[tuple[str, str]]:
    for pk, digest in (
        TransformationStep.objects.exclude(digest="").order_by("pk").values_list("pk", "digest").iterator()
    ):
        yield digest, f" {pk}"
