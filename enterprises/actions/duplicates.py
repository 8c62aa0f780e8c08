"""疑似重复: looked for over the whole ledger in the background, and told apart by people."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.http import Http404
from django.utils import timezone
from kombu.exceptions import OperationalError

from enterprises.models import DuplicateSearch, Enterprise, NotTheSame, PossibleDuplicate
from enterprises.queries.duplicates import COMPARED, entry_of, places
from enterprises.rules.likeness import search
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.tenancy.scope import tenant_scope, who

STUCK_AFTER = timedelta(minutes=10)
MOST_PAIRS = 5000


def start_search() -> DuplicateSearch:
    """查找疑似重复, in the background: 100,000 enterprises take some ten seconds. Raises Refused while one is under way."""
    demand("enterprises.merge")
    last = DuplicateSearch.objects.select_for_update().first()
    if last and not last.finished_at and timezone.now() - last.started_at < STUCK_AFTER:
        raise Refused("正在查找疑似重复，请稍候再看。")
    made = DuplicateSearch.objects.create(by_name=who().person_name)
    audit("duplicates.search", made)
    me = who()
    transaction.on_commit(lambda: hand_over(me.tenant_id, made.pk))
    return made


def hand_over(tenant_id: int | None, search_id: int) -> None:
    from enterprises.tasks import run_duplicate_search

    try:
        run_duplicate_search.apply_async(kwargs={"tenant_id": tenant_id, "search_id": search_id}, retry=False)
    except OperationalError:
        # The broker is away; it is done all the same, only the page waits for it.
        assert tenant_id is not None
        with tenant_scope(tenant_id):
            run_search(search_id)


def run_search(search_id: int) -> None:
    """Compare everybody who stands; what the last search proposed makes room. Twice at once does no harm. City scope."""
    record = DuplicateSearch.objects.select_for_update().filter(pk=search_id, finished_at=None).first()
    if record is None:
        return
    rows = list(Enterprise.objects.order_by("pk").values_list(*COMPARED))
    names = places()
    found = search([entry_of(row, names) for row in rows])
    PossibleDuplicate.objects.all().delete()
    PossibleDuplicate.objects.bulk_create(
        [
            PossibleDuplicate(
                first_id=rows[one][0], second_id=rows[other][0], score=alike.score, reasons=list(alike.reasons)
            )
            for one, other, alike in found.pairs[:MOST_PAIRS]
        ],
        batch_size=1000,
    )
    record.finished_at, record.compared, record.found = timezone.now(), len(rows), len(found.pairs)
    record.skipped = [list(one) for one in found.skipped[:50]]
    record.save(update_fields=["finished_at", "compared", "found", "skipped"])


def tell_apart(one_id: int, other_id: int, reason: str) -> NotTheSame:
    """不是重复: never proposed again. Raises BadInput."""
    demand("enterprises.merge")
    first, second = sorted((one_id, other_id))
    pair = list(Enterprise.objects.filter(pk__in=(first, second)).order_by("pk"))
    if len(pair) < 2:
        raise Http404(f"enterprises {first}, {second}")
    if not reason.strip():
        raise BadInput("请写明为什么不是同一家企业。", field="reason")
    made = NotTheSame(first_id=first, second_id=second, reason=reason.strip(), by_name=who().person_name)
    try:
        with transaction.atomic():
            made.save()
    except IntegrityError as twice:
        raise Refused("这两家企业已经核对过，不是重复。") from twice
    label = "、".join(enterprise.name for enterprise in pair)
    audit("duplicates.tell_apart", pair[0], {"note": f"与{pair[1].name}不是同一家企业：{made.reason}"}, label=label)
    return made
