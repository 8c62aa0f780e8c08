"""What is done to a document once it is issued: corrected by another, and its service put on record."""

from django.utils import timezone

from hazards.actions import corrections, service
from hazards.forms_documents import CorrectionForm, ServiceForm
from hazards.queries.pages import notice_with_hazards
from portal.permissions import demand, needs
from portal.refusals import IllegalMove, Refused
from portal.tenancy.queries import colleagues
from portal.ui.posting import saved, shown


def second_of(notice, people) -> int | None:
    """Whoever signed it besides is likely to sign again."""
    signed = {signer.get("person_id") for signer in notice.signers}
    return next((person.pk for person in people if person.pk in signed), None)


@needs("notices.correct")
def notice_correct(request, pk):
    """更正: the text as printed, to be worded anew."""
    record, people = notice_with_hazards(pk), colleagues()
    demand("notices.correct", record)
    if record.superseded_on:
        raise IllegalMove(f"{record.number}已更正，请在更正后的文书上办理。")
    form = CorrectionForm(
        request.POST or None,
        colleagues=people,
        wording=corrections.wording(record),
        initial={"second": second_of(record, people)},
    )

    def act():
        data = form.cleaned_data
        made.append(corrections.correct(pk, form.texts(), data["reason"], data["second"]))

    made: list = []
    done = saved(request, form, act, "已更正并制发新文书。", "notice", pk) if request.method == "POST" else None
    if done:
        done["Location"] = made[0].get_absolute_url()
    return done or shown(request, "hazards/document_form.html", form, notice=record, heading="更正文书")


@needs("notices.serve")
def notice_serve(request, pk):
    """送达回执: how it was served, to whom and when."""
    record, people = notice_with_hazards(pk), colleagues()
    demand("notices.serve", record)
    if not record.is_delivered:
        raise Refused(f"{record.title}不需要送达回执。")
    now = timezone.localtime().replace(second=0, microsecond=0)
    form = ServiceForm(
        request.POST or None,
        colleagues=people,
        initial={
            "second": second_of(record, people),
            "manner": "direct",
            "served_at": now.strftime("%Y-%m-%dT%H:%M"),
            "place": record.content["address"],
        },
    )
    done = None
    if request.method == "POST":
        done = saved(
            request,
            form,
            lambda: service.serve(pk, second_id=form.cleaned_data.pop("second"), **form.cleaned_data),
            "已制作送达回执。",
            "notice",
            pk,
        )
    return done or shown(request, "hazards/document_form.html", form, notice=record, heading="制作送达回执")
