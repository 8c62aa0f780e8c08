"""工作报告: the list, a report's page, the records behind its numbers, what differs now, its words, and its verbs."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_POST

from campaign import forms_reports as typed
from campaign import queries_reports as read
from campaign.actions import reports as verbs
from campaign.export_reports import as_document, differences_workbook, records_workbook, workbook
from campaign.filters_reports import ReportFilter
from campaign.report_figures import FIGURES, GROUPS
from portal.audit.record import note as audit
from portal.documents import pdf
from portal.exports.registry import export_of
from portal.exports.workbook import XLSX, attached
from portal.permissions import needs
from portal.refusals import Refused
from portal.tenancy.scope import who
from portal.ui.lists import ListPage, number
from portal.ui.posting import keep_up, pressed, saved, shown


@needs("reports.view")
def report_list(request):
    page = ListPage(request, read.reports(), ReportFilter, sorts=read.REPORT_SORTS, export=export_of("report_list"))
    return page.render("campaign/report_list.html")


@needs("reports.view")
def report(request, pk):
    found = read.report_or_404(pk)
    own = read.table(found)
    place = request.GET.get("place", str(who().district_id or "") if who().scope == "district" else "")
    said = read.words(found, place)
    if not said:
        raise Http404(f"report {pk} of place {place}")
    context = {
        "report": found,
        "table": own,
        "held": read.compared(found, own),
        "said": said[0],
        "places": []
        if own.one
        else [("", read.WHOLE), *((row.link, row.name) for row in own.rows if row.link != "none")],
        "place": place,
        "late": verbs.late_days(found),
        "groups": GROUPS,
    }
    return render(request, "campaign/report.html", context)


@needs("reports.view")
def report_records(request, pk, key):
    found = read.report_or_404(pk)
    own = read.behind(found, key, request.GET.get("place", ""))
    if request.GET.get("export") == "xlsx":
        if own.total > read.MOST_RECORDS:
            raise Refused(f"记录超过{read.MOST_RECORDS}条，请在报告里点某个区县的数字，按区县导出。")
        audit("exports.direct", found, {"figure": key, "place": own.place, "rows": own.total})
        return attached(records_workbook(found, own), XLSX, f"report-{pk}-{key}-{own.total}.xlsx")
    at = number(request.GET.get("page"), 1)
    start = (at - 1) * read.SHOWN
    context = {
        "report": found,
        "own": own,
        "records": read.records(found, own, own.numbers[start : start + read.SHOWN]),
        "at": at,
        "start": start,
        "more": own.total > start + read.SHOWN,
        "place": request.GET.get("place", ""),
    }
    return render(request, "campaign/report_records.html", context)


@needs("reports.view")
def report_differences(request, pk):
    found = read.report_or_404(pk)
    key = request.GET.get("figure", "")
    if key:
        read.figure_or_404(key)
    if request.GET.get("export") == "xlsx":
        told = read.differences(found, key, read.MOST_RECORDS)
        audit("exports.direct", found, {"differences": key or "all"})
        return attached(differences_workbook(told), XLSX, f"report-{pk}-differences.xlsx")
    context = {"report": found, "found": read.differences(found, key), "figures": FIGURES, "key": key}
    return render(request, "campaign/report_differences.html", context)


@needs("reports.view")
def report_xlsx(request, pk):
    found = read.report_or_404(pk)
    audit("exports.direct", found, {"format": "xlsx"})
    content = workbook(found, read.table(found), read.words(found))
    return attached(content, XLSX, f"{name_of(found)}.xlsx")


@needs("reports.view")
def report_pdf(request, pk):
    found = read.report_or_404(pk)
    own = read.table(found)
    said = read.words(found, str(who().district_id) if who().scope == "district" else "")
    if not said:
        raise Http404(f"report {pk}")
    audit("exports.direct", found, {"format": "pdf"})
    content = pdf.render("work_report", as_document(found, own, read.compared(found, own), said[0]))
    return attached(content, "application/pdf", f"{name_of(found)}.pdf")


def name_of(found) -> str:
    return f"report-{found.kind}-{found.since:%Y%m%d}-{found.edition}"


@needs("reports.edit")
def report_text(request, pk):
    text = read.text_or_404(pk)
    report = read.report_or_404(text.report_id)
    form = typed.TextForm(
        request.POST or None, section=text.section, initial={"text": text.text, "revision": text.revision}
    )
    if request.method == "POST":
        act = lambda: verbs.edit(pk, form.cleaned_data["text"], revision=form.cleaned_data["revision"])  # noqa: E731
        if answer := saved(request, form, act, "已保存。", "report", report.pk):
            answer["Location"] += f"?place={text.place_id or ''}#texts"
            return answer
        keep_up(form, revision=text.revision)
    return shown(request, "campaign/report_text.html", form, report=report, text=text)


@require_POST
@needs("reports.issue")
def report_issue(request, pk):
    read.report_or_404(pk)
    act = lambda revision: verbs.issue(pk, revision=revision)  # noqa: E731
    return pressed(request, act, "已印发，各区县现在看得到本区县的数字和文字。", "report", pk)


@needs("reports.issue")
def report_withdraw(request, pk):
    report = read.report_or_404(pk)
    form = typed.WithdrawForm(request.POST or None, initial={"revision": report.revision})
    if request.method == "POST":
        act = lambda: verbs.withdraw(pk, form.cleaned_data["note"], revision=form.cleaned_data["revision"])  # noqa: E731
        done = "已撤回。新的一版正在重新取数，生成后会通知您。"
        if answer := saved(request, form, act, done, "report_list"):
            return answer
        keep_up(form, revision=report.revision)
    return shown(request, "campaign/report_withdraw.html", form, report=report)
