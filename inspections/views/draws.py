"""Pages of 双随机: the draws, publishing a pool, drawing, and how to repeat it."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from inspections import forms_plans as typed
from inspections.actions import draws as verbs
from inspections.queries.draws import draw_file, draw_or_404, drawing_bodies, export_of_draw
from inspections.rules_draw import pool_text
from inspections.scope import Scope
from portal.exports.registry import export_of
from portal.permissions import may, needs
from portal.refusals import Refused
from portal.ui.posting import shown


@needs("draws.view")
def draw_list(request):
    return export_of("draw_list").listed(request).render("inspections/draw_list.html")


@needs("draws.draw")
def draw_new(request):
    """The button 看看有多少 counts and publishes nothing."""
    scope, bodies = Scope(request.POST if request.method == "POST" else request.GET, request), drawing_bodies()
    form = typed.PublishForm(request.POST or None, bodies=bodies, initial={"month": timezone.localdate()})
    counts = "count" in request.POST
    if request.method == "POST" and not counts and form.is_valid():
        told = dict(form.cleaned_data)
        body = next((one for one in bodies if one.pk == told["organisation"]), None)
        told["organisation"] = body
        try:
            made = verbs.publish(scope.found, told.pop("organisation"), scope_words=scope.words, **told)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
            form.status = refusal.status
        else:
            messages.success(request, "名单已公布。种子产生后，在这里抽取。")
            return redirect("draw", made.pk)
    found = scope.found.count() if request.method == "POST" and scope.filter.is_valid() else None
    if counts:
        form.status = 200
    return shown(request, "inspections/draw_new.html", form, scope=scope, found=found)


@needs("draws.view")
def draw(request, pk):
    """One draw. POST draws, for whoever may."""
    record = draw_or_404(pk)
    form = typed.SeedForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.draw(pk, form.cleaned_data["seed"])
        except Refused as refusal:
            form.add_error("seed" if refusal.field == "seed" else None, refusal.sentence)
            form.status = refusal.status
        else:
            messages.success(request, "已抽取，结果列入检查计划。")
            return redirect("draw", pk)
        record = draw_or_404(pk)
    file, draws_it = draw_file(record), may("draws.draw")
    context = {"file": file, "draw": record, "draws": not record.seed and draws_it}
    if notice := file.notice:
        context["notice_url"] = settings.PORTAL_URL + reverse("draw_notice", args=[notice.verify_code])
        context["announces"] = draws_it and record.seed and not notice.announced_at
    return shown(request, "inspections/draw.html", form, **context)


@require_POST
@needs("draws.draw")
def draw_announce(request, pk):
    verbs.announce(pk)
    messages.success(request, "种子和结果已公示，任何人凭公示网址可以查看、重抽。")
    return redirect("draw", pk)


@needs("draws.view")
def draw_pool(request, pk):
    """Both pools as they were published; the digest is of this very text."""
    record = draw_or_404(pk)
    text = pool_text(record.plants, record.people, record.avoided, record.size)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="draw-{pk}-pool.txt"'
    return response


@needs("draws.view")
def draw_export(request, pk):
    """Everything needed to repeat it (docs/double-draw.md)."""
    response = JsonResponse(export_of_draw(draw_or_404(pk)), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="draw-{pk}.json"'
    return response
