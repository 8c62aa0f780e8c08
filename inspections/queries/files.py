"""Which kept files the inspections' records name (portal/files/scrub.py)."""

from collections.abc import Iterator

from inspections.models_assessments import AssessmentPhoto, AssessmentReport
from inspections.models_field import FieldFile, FieldRecord
from inspections.models_schemes import SchemeDocument
from portal.files.scrub import named_by


def register_files() -> None:
    named_by["检查签名"] = signatures
    named_by["现场录音"] = voices
    named_by["评估照片"] = assessment_photos
    named_by["评估报告"] = assessment_reports
    named_by["检查方案文书"] = schemes


def voices() -> Iterator[tuple[str, str]]:
    came = FieldFile.objects.exclude(content_type="").order_by("pk")
    yield from ((digest, f" {pk}") for pk, digest in came.values_list("pk", "digest").iterator())


def signatures() -> Iterator[tuple[str, str]]:
    for pk, signed in FieldRecord.objects.order_by("pk").values_list("visit_id", "signatures").iterator():
        for one in signed:
            yield one["digest"], f" {pk} {one['part']}"


def assessment_photos() -> Iterator[tuple[str, str]]:
    for pk, digest in AssessmentPhoto.objects.order_by("pk").values_list("pk", "digest").iterator():
        yield digest, f" {pk}"


def assessment_reports() -> Iterator[tuple[str, str]]:
    for number, digest in AssessmentReport.objects.order_by("pk").values_list("number", "pdf").iterator():
        yield digest, f" {number}"


def schemes() -> Iterator[tuple[str, str]]:
    for number, digest in SchemeDocument.objects.order_by("pk").values_list("number", "content__pdf").iterator():
        yield digest, f" {number}"
