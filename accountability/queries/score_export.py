"""A year's scores as one document that anyone can recompute: tools/recompute_score.py reads it and nothing else."""

import json
from collections.abc import Iterable
from typing import Any

from accountability.models import Objection, YearScore
from accountability.queries.score_figures import FIGURES
from portal.sm3 import sm3
from portal.tenancy.queries import own_city

FORM = "campaign-score/1"


def number(value) -> str | None:
    """A decimal without trailing noughts, as a string: JSON's own numbers lose digits in some readers."""
    if value is None:
        return None
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def exported(year_score: YearScore) -> dict[str, Any]:
    """Everything a point rests on: the template, each subject's numbers and records, the city's sums, corrections."""
    body = year_score.template.body
    used = {line["figure"]: FIGURES[line["figure"]] for line in body["lines"] if line.get("figure")}
    corrections: dict[int, list[dict]] = {}
    upheld = Objection.objects.filter(score__year_score=year_score, state=Objection.State.UPHELD).order_by("id")
    for one in upheld:
        corrections.setdefault(one.score_id, []).append(
            {"key": one.key, "points": f"{one.correction:.2f}", "because": one.answer}
        )
    return {
        "form": FORM,
        "city": own_city(),
        "year": year_score.year,
        "subject_kind": year_score.subject_kind,
        "since": year_score.since.isoformat(),
        "until": year_score.until.isoformat(),
        "as_of": year_score.as_of.isoformat() if year_score.as_of else None,
        "state": year_score.state,
        "template": {"name": year_score.template.name, "edition": year_score.template.edition, "body": body},
        "figures": {
            key: {"label": one.label, "definition": one.definition, "peers": one.peers} for key, one in used.items()
        },
        "sums": year_score.city,
        "subjects": [
            {
                "id": score.subject_id,
                "name": score.name,
                "total": f"{score.total:.2f}",
                "grade": score.grade,
                "rank": score.rank,
                "corrections": corrections.get(score.pk, []),
                "lines": [
                    {
                        "key": line.key,
                        "counted": number(line.counted),
                        "of": number(line.of),
                        "points": f"{line.points:.2f}",
                        "vetoed": line.vetoed,
                        "records": line.records,
                        "counting": line.counting,
                        "others": line.others,
                    }
                    for line in score.lines.all()
                ],
            }
            for score in ranked(year_score)
        ],
    }


def ranked(year_score: YearScore) -> Iterable:
    return year_score.scores.order_by("rank", "name", "id").prefetch_related("lines")


def canonical(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def sealed(document: dict[str, Any]) -> str:
    """SM3 of the document without its state: what was announced and what is final differ in nothing but that word."""
    return sm3(canonical({name: part for name, part in document.items() if name not in ("state", "digest")}))
