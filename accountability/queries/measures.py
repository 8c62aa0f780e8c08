"""What the pages of 表彰问责 read; the wall says whose they are."""

from collections.abc import Iterator

from django.db.models import Q, QuerySet
from django.http import Http404

from accountability.models import Measure, MeasureDocument, MeasureFile, Score, YearScore

Kind = Measure.Kind
SUGGESTIONS = {
    Kind.COMMENDATION.value: "最高等次且没有一票否决，建议表彰",
    Kind.INTERVIEW.value: "有一票否决，建议约谈",
    Kind.CIRCULAR.value: "最低等次，建议通报批评",
}


def measures() -> QuerySet[Measure]:
    return Measure.objects.all()


def measure_or_404(pk: int) -> Measure:
    found = measures().select_related("body").filter(pk=pk).first()
    if found is None:
        raise Http404(f"measure {pk}")
    return found


def document_or_404(pk: int) -> MeasureDocument:
    found = MeasureDocument.objects.filter(pk=pk).first()
    if found is None:
        raise Http404(f"measure document {pk}")
    return found


def document_of_code(code: str) -> MeasureDocument | None:
    """For whoever checks a document in hand (portal/documents/verifying.py)."""
    return MeasureDocument.objects.filter(verify_code=code).first()


def file_or_404(pk: int, file: int) -> MeasureFile:
    found = MeasureFile.objects.filter(pk=file, measure=pk).first()
    if found is None:
        raise Http404(f"file {file} of measure {pk}")
    return found


def prints() -> Iterator[tuple[str, str]]:
    """Which kept prints the documents name (portal/files/scrub.py)."""
    for number, digest in MeasureDocument.objects.order_by("pk").values_list("number", "content__pdf").iterator():
        yield digest, f" {number}"


def reply_files() -> Iterator[tuple[str, str]]:
    """Which kept files go with replies."""
    for pk, digest in MeasureFile.objects.order_by("pk").values_list("pk", "digest").iterator():
        yield digest, f" {pk}"


def proposals() -> QuerySet[Score]:
    """Of every final year: who is in its best or its worst grade, or has a veto. For a person to decide; nothing follows by itself."""
    wanted = Q(pk=None)
    for year in YearScore.objects.filter(state=YearScore.State.FINAL).select_related("template"):
        grades = [name for name, _ in year.template.body["grades"]]
        of_year = Q(grade__in={grades[0], grades[-1]}) | ~Q(vetoes=[])
        wanted |= Q(year_score=year) & of_year
    return Score.objects.filter(wanted).select_related("year_score__template")


def suggested(score: Score) -> str:
    """What kind of measure the result points to; a veto outweighs the grade."""
    if score.vetoes:
        return Kind.INTERVIEW
    best = score.year_score.template.body["grades"][0][0]
    return Kind.COMMENDATION if score.grade == best else Kind.CIRCULAR


def resting_on(scores: list[Score]) -> dict[int, list[Measure]]:
    """Score → what has been drawn up from it already, whatever became of it."""
    named = Q(pk=None)
    for one in scores:
        named |= Q(grounds__contains=[{"kind": "score", "id": one.pk}])
    found: dict[int, list[Measure]] = {}
    for measure in measures().filter(named).order_by("pk"):
        for ground in measure.grounds:
            if ground["kind"] == "score":
                found.setdefault(ground["id"], []).append(measure)
    return found


def token_of(score: Score) -> str:
    kind = score.year_score.subject_kind
    return f"{'organisation' if kind == 'department' else kind}-{score.subject_id}"


def years_with_proposals() -> QuerySet[YearScore]:
    return YearScore.objects.filter(state=YearScore.State.FINAL).order_by("-year", "subject_kind")
