"""The filters of the hazard and notice lists, shared by pages and API; dashboard figures link to them by these names."""

from datetime import timedelta

import django_filters as filters
from django import forms
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from enterprises.models import Enterprise, Grade, Sector
from hazards import rules, rules_broadcast, rules_selfcheck
from hazards.models import (
    SOURCES,
    AccidentType,
    Broadcast,
    BroadcastAddress,
    Evidence,
    Hazard,
    HazardImport,
    Level,
    Notice,
    Sample,
    SampleItem,
    SelfCheck,
    Suspension,
)
from hazards.queries.repeats import repeated
from portal.numbers import number_in
from portal.permissions import may
from portal.tenancy.models import Organisation
from portal.tenancy.scope import who
from portal.ui.fields import DAY
from portal.ui.filters import DepartmentFilter, DistrictFilter

SITUATIONS = [
    ("open", "未销号"),
    ("overdue", "逾期"),
    ("awaiting", "待复查"),
    ("recorded", "待下达"),
    ("confirming", "待审核销号"),
    ("asked", "延期待答复"),
    ("supervised", "挂牌督办"),
    ("unplanned", "重大隐患未报五落实方案"),
    ("closed", "已销号"),
    ("closed_on_time", "按期销号"),
    ("missed", "未按期（逾期或逾期后销号）"),
    ("void", "已作废"),
    ("standing", "未作废"),
]


def plants(request):
    return Enterprise.objects.all()


def units(request):
    """Those that hazards are handed over to; a district's bureau needs no handing over."""
    return Organisation.objects.filter(kind__in=["office", "department"])


MOST_NUMBERS = 200


class HazardFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="关键词")
    situation = filters.ChoiceFilter(method="in_situation", choices=SITUATIONS, label="情况", empty_label="全部情况")
    status = filters.BaseInFilter(field_name="status", label="状态")
    district = DistrictFilter()
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业")
    level = filters.ChoiceFilter(choices=Level.choices, label="级别", empty_label="全部级别")
    accident_type = filters.ChoiceFilter(choices=AccidentType.choices, label="事故类型", empty_label="全部类型")
    sector = filters.ChoiceFilter(choices=Sector.choices, label="行业", empty_label="全部行业")
    department = DepartmentFilter()
    grade = filters.ChoiceFilter(
        method="graded", choices=[*Grade.choices, ("none", "未评定")], label="企业风险等级", empty_label="全部等级"
    )
    source = filters.ChoiceFilter(
        field_name="source_kind", choices=list(SOURCES.items()), label="来源", empty_label="全部来源"
    )
    extended = filters.BooleanFilter(method="was_extended", label="延过期")
    handler = filters.ModelChoiceFilter(queryset=units, label="承办单位", empty_label="全部承办单位")
    found_by = filters.NumberFilter(field_name="found_by_id", label="发现人编号")
    ids = filters.CharFilter(method="among", label="编号")
    repeat = filters.ChoiceFilter(method="is_repeat", choices=[("1", "屡查屡犯")], label="屡查屡犯", empty_label="全部")
    photos = filters.ChoiceFilter(
        method="with_photos", choices=[("leads", "有待核对的照片")], label="照片", empty_label="不限"
    )
    week = filters.DateFilter(method="found_in_week", label="发现周（周一）")
    deadline_week = filters.DateFilter(method="due_in_week", label="到期周（周一）")
    deadline_from = filters.DateFilter(field_name="deadline", lookup_expr="gte", label="期限起", widget=DAY)
    deadline_to = filters.DateFilter(field_name="deadline", lookup_expr="lte", label="期限止", widget=DAY)
    found_from = filters.DateFilter(field_name="found_on", lookup_expr="gte", label="发现日期起", widget=DAY)
    found_to = filters.DateFilter(field_name="found_on", lookup_expr="lte", label="发现日期止", widget=DAY)
    closed_from = filters.DateFilter(field_name="closed_on", lookup_expr="gte", label="销号日期起", widget=DAY)
    closed_to = filters.DateFilter(field_name="closed_on", lookup_expr="lte", label="销号日期止", widget=DAY)

    class Meta:
        model = Hazard
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(description__icontains=value) | Q(enterprise__name__icontains=value))

    def with_photos(self, queryset, name, value):
        doubtful = Evidence.objects.filter(hazard_id=OuterRef("pk"), leads__len__gt=0)
        return queryset.filter(Exists(doubtful))

    def in_situation(self, queryset, name, value):
        return {
            "open": queryset.open,
            "overdue": queryset.overdue,
            "awaiting": queryset.awaiting_recheck,
            "closed": queryset.closed,
            "closed_on_time": queryset.closed_on_time,
            "missed": queryset.missed,
            "recorded": lambda: queryset.filter(status=rules.RECORDED),
            "confirming": lambda: queryset.filter(status=rules.CONFIRMING),
            "void": lambda: queryset.filter(status=rules.VOID),
            "asked": lambda: queryset.filter(asked_on__isnull=False),
            "supervised": lambda: queryset.filter(supervised_since__isnull=False),
            "unplanned": lambda: queryset.unplanned(),
            "standing": lambda: queryset.exclude(status=rules.VOID),
        }[value]()

    def graded(self, queryset, name, value):
        """By the grade the enterprise has today."""
        return queryset.filter(enterprise__grade="" if value == "none" else value)

    def was_extended(self, queryset, name, value):
        return queryset.filter(extensions__gt=0) if value else queryset.filter(extensions=0)

    def among(self, queryset, name, value):
        """Some records by their numbers, as a lead counts them; what is no number is passed over."""
        numbers = (one.strip() for one in value.split(",")[:MOST_NUMBERS])
        return queryset.filter(pk__in=[number for one in numbers if (number := number_in(one)) is not None])

    def is_repeat(self, queryset, name, value):
        return repeated(queryset)

    def found_in_week(self, queryset, name, monday):
        return queryset.filter(found_on__gte=monday, found_on__lt=monday + timedelta(days=7))

    def due_in_week(self, queryset, name, monday):
        return queryset.filter(deadline__gte=monday, deadline__lt=monday + timedelta(days=7))


def with_hazards(queryset, name, value):
    """What the enterprise list has from this floor: those with hazards that are overdue, or open."""
    which = Hazard.objects.overdue() if value == "overdue" else Hazard.objects.open()
    return queryset.filter(pk__in=which.order_by().values("enterprise_id"))


HAZARDS_OF_ENTERPRISE = filters.ChoiceFilter(
    method=with_hazards,
    choices=[("overdue", "有逾期隐患"), ("open", "有未销号隐患")],
    label="隐患",
    empty_label="全部",
)


class NoticeFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="文号或企业")
    kind = filters.ChoiceFilter(choices=Notice.Kind.choices, label="文书种类", empty_label="全部文书")
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业")
    district = DistrictFilter()
    acknowledged = filters.BooleanFilter(
        field_name="acknowledged_at", lookup_expr="isnull", exclude=True, label="已签收"
    )

    class Meta:
        model = Notice
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(number__icontains=value) | Q(enterprise__name__icontains=value))


class SuspensionFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="企业、部位或文号")
    situation = filters.ChoiceFilter(
        method="in_situation",
        choices=[
            ("in_force", "停产停业中"),
            ("ending", "30日内到期"),
            ("over", "已过期限未解除"),
            ("lifted", "已恢复"),
        ],
        label="情况",
        empty_label="全部",
    )
    reach = filters.ChoiceFilter(choices=Suspension.Reach.choices, label="范围", empty_label="全部范围")
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业")
    district = DistrictFilter()

    sector = filters.ChoiceFilter(choices=Sector.choices, label="行业", empty_label="全部行业")
    department = DepartmentFilter()

    class Meta:
        model = Suspension
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(
            Q(enterprise__name__icontains=value) | Q(part__icontains=value) | Q(notice__number__icontains=value)
        )

    def in_situation(self, queryset, name, value):
        today = timezone.localdate()
        return queryset.filter(
            {
                "in_force": Q(lifted_on=None),
                "ending": Q(lifted_on=None, until__gte=today, until__lte=today + timedelta(days=30)),
                "over": Q(lifted_on=None, until__lt=today),
                "lifted": Q(lifted_on__isnull=False),
            }[value]
        )


class SelfCheckFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="关键词")
    situation = filters.ChoiceFilter(
        method="in_situation",
        choices=[
            *rules_selfcheck.STATES.items(),
            ("late", "逾自定期限"),
            ("official", "已转为执法隐患"),
            ("standing", "未撤销"),
        ],
        label="情况",
        empty_label="全部情况",
    )
    district = DistrictFilter()
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业")
    level = filters.ChoiceFilter(choices=Level.choices, label="企业自评级别", empty_label="全部级别")
    accident_type = filters.ChoiceFilter(choices=AccidentType.choices, label="事故类型", empty_label="全部类型")
    sector = filters.ChoiceFilter(choices=Sector.choices, label="行业", empty_label="全部行业")
    found_from = filters.DateFilter(field_name="found_on", lookup_expr="gte", label="发现日期起", widget=DAY)
    found_to = filters.DateFilter(field_name="found_on", lookup_expr="lte", label="发现日期止", widget=DAY)
    made_from = filters.DateFilter(field_name="made_at__date", lookup_expr="gte", label="上报日期起", widget=DAY)
    made_to = filters.DateFilter(field_name="made_at__date", lookup_expr="lte", label="上报日期止", widget=DAY)

    class Meta:
        model = SelfCheck
        fields: list[str] = []

    def search(self, queryset, name, value):
        word = value.strip()
        return queryset.filter(Q(description__icontains=word) | Q(enterprise__name__icontains=word))

    def in_situation(self, queryset, name, value):
        return {
            "late": queryset.late,
            "official": lambda: queryset.filter(hazard__isnull=False),
            "standing": lambda: queryset.exclude(state=rules_selfcheck.CANCELLED),
        }.get(value, lambda: queryset.filter(state=value))()


class BroadcastFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="标题或内容")

    class Meta:
        model = Broadcast
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(title__icontains=value.strip()) | Q(what__icontains=value.strip()))


class BroadcastAddressFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="标题或企业")
    state = filters.ChoiceFilter(
        method="in_state",
        choices=[
            ("unanswered", "未答复"),
            ("overdue", "逾期未答复"),
            ("answered", "已答复"),
            ("late", "逾期才答复"),
        ],
        label="状态",
        empty_label="全部状态",
    )
    district = DistrictFilter()
    broadcast = filters.NumberFilter(field_name="broadcast_id", label="举一反三编号")
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业")
    found = filters.ChoiceFilter(
        method="says_found",
        choices=[(str(n), f"第{n}个问题") for n in range(1, rules_broadcast.MOST_QUESTIONS + 1)],
        label="答“有”的",
        empty_label="全部",
    )

    class Meta:
        model = BroadcastAddress
        fields: list[str] = []

    def search(self, queryset, name, value):
        word = value.strip()
        return queryset.filter(Q(title__icontains=word) | Q(enterprise__name__icontains=word))

    def in_state(self, queryset, name, value):
        return {
            "unanswered": queryset.unanswered,
            "overdue": queryset.overdue,
            "answered": queryset.answered,
            "late": queryset.answered_late,
        }[value]()

    def says_found(self, queryset, name, value):
        return queryset.filter(**{f"items__{int(value) - 1}__verdict": rules_broadcast.FOUND})


class DeskFilter(filters.FilterSet):
    """What the review desks can be narrowed to."""

    level = filters.ChoiceFilter(choices=Level.choices, label="级别", empty_label="全部级别")
    district = DistrictFilter()
    mine = filters.ChoiceFilter(
        method="signed_by_me", choices=[("1", "我签发的文书")], label="文书", empty_label="全部文书"
    )
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业", widget=forms.HiddenInput)

    class Meta:
        model = Hazard
        fields: list[str] = []

    def signed_by_me(self, queryset, name, value):
        return queryset.filter(notice__signers__contains=[{"person_id": who().person_id}])


class SampleFilter(filters.FilterSet):
    district = DistrictFilter()

    class Meta:
        model = Sample
        fields: list[str] = []


def samples(request):
    # Who sees what was drawn need not see the draw (departments): no number is theirs to ask with.
    return Sample.objects.defer("pool") if may("samples.view") else Sample.objects.none()


class SampleItemFilter(filters.FilterSet):
    result = filters.ChoiceFilter(
        method="with_result",
        choices=[("open", "待复核"), *SampleItem.Result.choices],
        label="复核结果",
        empty_label="全部",
    )
    district = DistrictFilter()
    sample = filters.ModelChoiceFilter(queryset=samples, label="抽查")
    enterprise = filters.ModelChoiceFilter(queryset=plants, label="企业")

    class Meta:
        model = SampleItem
        fields: list[str] = []

    def with_result(self, queryset, name, value):
        return queryset.filter(result="" if value == "open" else value)


class HazardImportFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="filename", lookup_expr="icontains", label="文件名")
    state = filters.ChoiceFilter(choices=HazardImport.State.choices, label="状态", empty_label="全部状态")

    class Meta:
        model = HazardImport
        fields: list[str] = []
