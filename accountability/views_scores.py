"""年度考核: the years, one year's table, one subject's points with the records behind, and the verbs."""

import json
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accountability import forms_scores as typed
from accountability import rules_score as rules
from accountability.actions import past_scores as past
from accountability.actions import scores as verbs
from accountability.models import ManualFigure, ScoreTemplate, SubjectKind
from accountability.queries import score_compare as compare
from accountability.queries import scores as seen
from accountability.queries.score_export import exported
from accountability.queries.score_figures import FIGURES
from accountability.queries.score_subjects import subjects, unheard
from accountability.score_form import form_of
from accountability.score_templates import DEFAULTS
from portal.permissions import may, needs
from portal.ui.lists import number as page_number
from portal.ui.posting import keep_up, pressed, saved, shown

PAGE = 100


@needs("scores.view")
def score_years(request):
    return render(request, "accountability/score_years.html", {"years": seen.years(), "past_years": seen.past_years()})


@needs("scores.run")
def score_open(request):
    form = typed.OpenForm(request.POST or None, initial={"year": request.GET.get("year", "")})
    made = []
    act = lambda: made.append(  # noqa: E731
        verbs.open_year(
            form.cleaned_data["year"],
            form.cleaned_data["subject_kind"],
            since=form.cleaned_data["since"],
            until=form.cleaned_data["until"],
        )
    )
    if request.method == "POST" and saved(request, form, act, "已建立，请取数计分。", "score_year", 0):
        return redirect("score_year", made[0].pk)
    return shown(request, "accountability/score_open.html", form)


@needs("scores.past")
def score_past_new(request):
    """?year= and ?kind= fill the form in, for the comparison that has nothing to stand beside."""
    first = {"year": request.GET.get("year", ""), "subject_kind": request.GET.get("kind", "")}
    form = typed.PastForm(request.POST or None, initial=first)
    made = []
    act = lambda: made.append(  # noqa: E731
        past.enter_past(
            form.cleaned_data["year"],
            form.cleaned_data["subject_kind"],
            past.typed(form.cleaned_data["results"]),
            form.cleaned_data["basis"],
        )
    )
    if request.method == "POST" and saved(request, form, act, "已录入，请核对。", "score_past", 0):
        return redirect("score_past", made[0].pk)
    return shown(request, "accountability/score_past_new.html", form)


@needs("scores.view")
def score_past(request, pk):
    """What was entered of a year from outside, of it what the reader may see; and whether it stands."""
    record = seen.past_year_or_404(pk)
    stands = seen.past_year(record.year, record.subject_kind)
    number = page_number(request.GET.get("page"), 1)
    found = list(record.scores.order_by("rank", "name", "id")[(number - 1) * PAGE : number * PAGE + 1])
    context = {"past": record, "stands": stands, "scores": found[:PAGE], "number": number, "more": len(found) > PAGE}
    return render(request, "accountability/score_past.html", context)


@needs("scores.view")
def score_year(request, pk):
    year_score = seen.year_or_404(pk)
    number = page_number(request.GET.get("page"), 1)
    form = typed.AmongForm(request.GET, year_score=year_score)
    those = form.among(year_score.scores.order_by("rank", "name", "id"))
    found = list(those[(number - 1) * PAGE : number * PAGE + 1])
    asked = {name: value for name, value in request.GET.items() if name in form.fields and value}
    context = {
        "year": year_score,
        "scores": seen.for_nothing(found[:PAGE]),
        "number": number,
        "more": len(found) > PAGE,
        "form": form,
        "asked": urlencode(asked),
    }
    context["before"] = compare.year_before(year_score)
    if may("scores.run"):
        draft = year_score.state == "draft"
        context["waits"] = verbs.missing(year_score) if draft else []
        if draft and year_score.as_of:
            context["unheard"], context["unheard_names"] = unheard(year_score.subject_kind)
    if may("scores.decide") or may("scores.export"):
        context["objections"] = seen.objections(year_score)
    return render(request, "accountability/score_year.html", context)


@require_POST
@needs("scores.run")
def score_reckon(request, pk):
    return act_and_return(
        request, pk, lambda revision: verbs.ask(pk, revision=revision), "正在取数计分，稍后刷新本页查看。"
    )


@require_POST
@needs("scores.announce")
def score_announce(request, pk):
    return act_and_return(
        request, pk, lambda revision: verbs.announce(pk, revision=revision), "已公示，并已通知各考核对象。"
    )


@require_POST
@needs("scores.announce")
def score_finish(request, pk):
    return act_and_return(request, pk, lambda revision: verbs.finish(pk, revision=revision), "已定稿并封存，不能再改。")


def act_and_return(request, pk: int, act, done: str):
    seen.year_or_404(pk)
    return pressed(request, act, done, "score_year", pk)


@needs("scores.announce")
def score_recall(request, pk):
    year_score = seen.year_or_404(pk)
    form = typed.RecallForm(request.POST or None, initial={"revision": year_score.revision})
    act = lambda: verbs.recall(pk, form.cleaned_data["note"], revision=form.cleaned_data["revision"])  # noqa: E731
    if request.method == "POST" and (done := saved(request, form, act, "已撤回公示。", "score_year", pk)):
        return done
    keep_up(form, revision=year_score.revision)
    return shown(request, "accountability/score_verb.html", form, heading="撤回公示", back=pk, year=year_score)


@needs("scores.export")
def score_export(request, pk):
    year_score = seen.year_or_404(pk)
    verbs.note_export(year_score)
    document = exported(year_score) | ({"digest": year_score.digest} if year_score.digest else {})
    answer = HttpResponse(json.dumps(document, ensure_ascii=False), content_type="application/json")
    name = f"score-{year_score.year}-{year_score.subject_kind}.json"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@needs("scores.export")
def score_form(request, pk):
    """考核结果表, as the office files it."""
    return form_of(seen.year_or_404(pk))


@needs("scores.view")
def score_compare(request, pk):
    """Every subject beside itself a year before."""
    year_score = seen.year_or_404(pk)
    before = compare.year_before(year_score)
    number = page_number(request.GET.get("page"), 1)
    found = list(year_score.scores.order_by("rank", "name", "id")[(number - 1) * PAGE : number * PAGE + 1])
    lines = year_score.template.body["lines"]
    context = {
        "year": year_score,
        "before": before,
        "lines": lines,
        "differences": compare.told_differences(year_score, before),
        "standings": compare.by_line(compare.compared(found[:PAGE], before), lines) if before else [],
        "number": number,
        "more": len(found) > PAGE,
    }
    return render(request, "accountability/score_compare.html", context)


@needs("scores.view")
def score_of_compare(request, pk):
    """One subject's points line by line beside those of the year before."""
    one = seen.score_or_404(pk)
    then = seen.last_year(one)
    context = {"score": one, "year": one.year_score, "pair": compare.Compared(one, then)}
    if then and not then.outside:
        context["pairs"] = compare.line_pairs(one, then)
        context["differences"] = compare.told_differences(one.year_score, then.year_score)
    return render(request, "accountability/score_of_compare.html", context)


@needs("scores.view")
def score(request, pk):
    one = seen.score_or_404(pk)
    context = {
        "score": one,
        "year": one.year_score,
        "rows": seen.rows(one),
        "objections": list(one.objections.all()),
        "before": seen.last_year(one),
        "own": verbs.is_own(one),
    }
    return render(request, "accountability/score.html", context)


@needs("scores.view")
def score_records(request, pk, key):
    one = seen.score_or_404(pk)
    counting = request.GET.get("part") != "others"
    row, found, total = seen.records(one, key, counting)
    context = {"score": one, "year": one.year_score, "row": row, "records": found, "total": total, "counting": counting}
    return render(request, "accountability/score_records.html", context)


@needs("scores.object")
def score_object(request, pk):
    one = seen.score_or_404(pk)
    if not verbs.is_own(one):
        raise Http404(f"score {pk}")
    body = one.year_score.template.body
    form = typed.ObjectForm(request.POST or None, body=body, initial={"key": request.GET.get("key", "")})
    act = lambda: verbs.object_to(pk, form.cleaned_data["key"], form.cleaned_data["text"])  # noqa: E731
    if request.method == "POST" and (done := saved(request, form, act, "异议已提交，处理后会通知您。", "score", pk)):
        return done
    return shown(request, "accountability/score_verb.html", form, heading="提出异议", score=one, year=one.year_score)


@needs("scores.decide")
def objection_decide(request, pk):
    objection = seen.objection_or_404(pk)
    year_score = objection.score.year_score
    form = typed.DecideForm(request.POST or None, initial={"revision": objection.revision, "correction": 0})
    act = lambda: verbs.decide(  # noqa: E731
        pk,
        form.cleaned_data["upheld"],
        form.cleaned_data["correction"],
        form.cleaned_data["answer"],
        revision=form.cleaned_data["revision"],
    )
    if request.method == "POST" and (done := saved(request, form, act, "已处理。", "score", objection.score_id)):
        return done
    keep_up(form, revision=objection.revision)
    context = {"heading": "处理异议", "objection": objection, "score": objection.score, "year": year_score}
    return shown(request, "accountability/score_verb.html", form, **context)


@needs("scores.enter")
def score_manual(request, pk):
    year_score = seen.year_or_404(pk)
    form = typed.ManualForm(
        request.POST or None,
        year_score=year_score,
        subjects=[] if year_score.subject_kind == SubjectKind.ENTERPRISE else subjects(year_score.subject_kind),
        initial={"key": request.GET.get("key", ""), "subject_id": request.GET.get("subject", "")},
    )
    told = form.cleaned_data if form.is_bound and form.is_valid() else {}
    act = lambda: verbs.enter(pk, told["key"], told["subject_id"], told["counted"], told["of"], told["grounds"])  # noqa: E731
    if request.method == "POST" and (done := saved(request, form, act, "已填报，请另一人复核。", "score_manual", pk)):
        return done
    return shown(
        request, "accountability/score_manual.html", form, year=year_score, entries=seen.manual_figures(year_score)
    )


@needs("scores.enter")
def manual_second(request, pk):
    entry = ManualFigure.objects.select_related("year_score__template").filter(pk=pk).first()
    if entry is None:
        raise Http404(f"manual figure {pk}")
    form = typed.SecondForm(request.POST or None)
    act = lambda: verbs.second(pk, form.cleaned_data["agree"], form.cleaned_data["note"])  # noqa: E731
    if request.method == "POST" and (
        done := saved(request, form, act, "已复核。", "score_manual", entry.year_score_id)
    ):
        return done
    shown_entry = next((one for one in seen.manual_figures(entry.year_score) if one.pk == entry.pk), entry)
    context = {"heading": "复核人工指标", "entry": shown_entry, "year": entry.year_score}
    return shown(request, "accountability/score_verb.html", form, **context)


@needs("scores.view")
def score_templates(request):
    context = {
        "templates": list(ScoreTemplate.objects.all()),
        "kinds": SubjectKind.choices,
        "figures": FIGURES.values(),
    }
    return render(request, "accountability/score_templates.html", context)


@needs("scores.view")
def score_template(request, pk):
    template = ScoreTemplate.objects.filter(pk=pk).first()
    if template is None:
        raise Http404(f"score template {pk}")
    lines = [
        {
            "label": line["label"],
            "kind": rules.KINDS[line["kind"]],
            "weight": line["weight"],
            "said": rules.said(line),
            "figure": FIGURES.get(line.get("figure", "")),
        }
        for line in template.body["lines"]
    ]
    return render(request, "accountability/score_template.html", {"template": template, "lines": lines})


@needs("scores.template")
def score_template_new(request, kind):
    if kind not in SubjectKind.values:
        raise Http404(f"no kind {kind}")
    now = verbs.template_in_force(kind)
    body = now.body if now else DEFAULTS[kind]
    first = {
        "name": now.name if now else f"{SubjectKind(kind).label}年度考核",
        "bonus_cap": body["bonus_cap"],
        "veto_ceiling": body["veto_ceiling"],
        "grades": "，".join(f"{name} {bound}" for name, bound in body["grades"]),
    }
    form = typed.TemplateForm(request.POST or None, initial=first)
    lines = typed.LineFormSet(request.POST or None, initial=typed.initial_lines(body), prefix="lines")
    if request.method == "POST" and lines.is_valid():
        made = []

        def act():
            try:
                told = typed.body_of(form.cleaned_data, lines)
            except rules.BadTemplate as fault:
                raise verbs.BadInput(str(fault)) from fault
            made.append(verbs.make_template(kind, form.cleaned_data["name"], told, form.cleaned_data["note"]))

        if saved(request, form, act, "新版模板已制定，用于以后建立的年度考核。", "score_template", 0):
            return redirect("score_template", made[0].pk)
    return shown(
        request,
        "accountability/score_template_new.html",
        form,
        lines=lines,
        kind=SubjectKind(kind),
        parameters=typed.PARAMETERS.items(),
        shapes=rules.SHAPES,
    )
