"""线索: computed by the clock, checked by a named person; what was checked comes back only when its facts have changed."""

from dataclasses import dataclass
from datetime import date

from django.http import Http404
from django.utils import timezone

from accountability.models import CHECKED, Lead
from accountability.queries.leads import leads
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, IllegalMove, Refused
from portal.tenancy.scope import in_one_piece, who

STATED = ("facts", "district", "sector", "sentence", "link", "as_of", "current", *CHECKED)


@dataclass(frozen=True)
class Run:
    """What one run found."""

    standing: int
    new: int
    changed: int
    gone: int


@in_one_piece
def compute(as_of: date | None = None) -> Run:
    """Find every lead as of a day and keep it under its key; what is no longer so is put aside with what was said of it."""
    demand("leads.compute")
    as_of = as_of or timezone.localdate()
    # A second run waits here, so that both keep the same rows.
    known = {lead.key: lead for lead in Lead.objects.select_for_update().order_by("pk")}
    found = {one.key: one for one in leads(as_of)}
    fresh, stated, changed = [], [], 0
    for key, one in found.items():
        lead = known.get(key) or Lead(kind=one.kind, key=key, facts=one.facts)
        if lead.facts != one.facts:
            changed += 1
            lead.checked_by, lead.checked_note, lead.checked_at = "", "", None
            lead.revision += 1
        lead.facts, lead.district_id, lead.sector = one.facts, one.district_id, one.sector
        lead.sentence, lead.link, lead.as_of, lead.current = one.sentence, one.link, as_of, True
        (stated if lead.pk else fresh).append(lead)
    gone = [lead for key, lead in known.items() if lead.current and key not in found]
    for lead in gone:
        lead.current = False
    Lead.objects.bulk_create(fresh, batch_size=1000)
    Lead.objects.bulk_update([*stated, *gone], STATED, batch_size=1000)
    return Run(len(found), len(fresh), changed, len(gone))


@in_one_piece
def check(lead_id: int, note: str, *, revision: int | None = None) -> Lead:
    """已核对, with what was found out, by the acting person."""
    demand("leads.check")
    lead = Lead.objects.standing().select_for_update(of=("self",)).filter(pk=lead_id).first()
    if lead is None:
        raise Http404(f"lead {lead_id}")
    if lead.checked_at:
        raise IllegalMove(f"这条线索已由{lead.checked_by}核对；所数的记录有变化时会重新列出。")
    if revision not in (None, lead.revision):
        raise Refused("这条线索所数的记录刚刚有变化，请按最新情况核对，您填写的内容仍在下面。")
    if not note.strip():
        raise BadInput("请写明核对情况：看了什么、结论是什么。", field="note")
    lead.checked_by, lead.checked_note, lead.checked_at = who().person_name, note.strip(), timezone.now()
    lead.revision += 1
    lead.save(update_fields=CHECKED)
    audit("leads.check", lead, {"note": lead.checked_note, "sentence": lead.sentence})
    return lead
