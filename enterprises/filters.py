"""The filters of the enterprise list, shared by page and API; dashboard figures link to them by these names."""

from datetime import timedelta
from decimal import Decimal

import django_filters as filters
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Least
from django.utils import timezone

from enterprises import rules
from enterprises.ledger.catalog import chemical, key_processes
from enterprises.models import (
    Credential,
    DiagnosisSheet,
    Duty,
    Enterprise,
    FactProposal,
    Grade,
    GradeProposal,
    Holding,
    Judged,
    KeyChange,
    KeyClause,
    Kind,
    LedgerImport,
    MajorLevel,
    PossibleDuplicate,
    ProcessInUse,
    ResponsiblePerson,
    Sector,
    Transformation,
    Unit,
    UnitKind,
)
from enterprises.queries import city_map
from enterprises.queries.credentials import expires_within
from enterprises.queries.diagnosis import YEARS_BETWEEN, years_ago
from enterprises.queries.people import COMPLETE
from enterprises.rules import gb18218
from portal.ui.fields import DAY
from portal.ui.filters import DepartmentFilter, DistrictFilter

NEAR_ONE = Decimal(gb18218.exact(gb18218.NEAR_ONE))
GRADES = [*Grade.choices, ("none", "未评定")]
LEVELS = [*((str(value), label) for value, label in MajorLevel.choices), ("none", "不构成")]
EXPIRING = [("expired", "已过期"), ("30", "30天内"), ("60", "60天内"), ("90", "90天内")]
LOCATIONS = [("yes", "有坐标"), ("no", "没有坐标"), ("outside", "坐标在本市边界外")]
ENTERPRISE_SORTS = {"name": "name", "grade": "-grade", "licence": "licence_until"}
# The same form above the list and above the map.
ENTERPRISE_SHOWN = ("q", "district", "grade", "key")
ENTERPRISE_MORE = (
    *("sector", "kind", "clause", "two", "major", "level", "process", "chemical", "expiring", "suspended", "diagnosed"),
    *("listed", "located"),
)
# The worse of what was declared and what was judged (1 is the worst); NULL where neither says there is one.
LEVEL = Least("major_level", "judged_level")


class EnterpriseFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="名称或信用代码")
    district = DistrictFilter()
    grade = filters.ChoiceFilter(method="graded", choices=GRADES, label="风险等级", empty_label="全部等级")
    sector = filters.ChoiceFilter(choices=Sector.choices, label="行业", empty_label="全部行业")
    department = DepartmentFilter()
    kind = filters.ChoiceFilter(choices=Kind.choices, label="类型", empty_label="全部类型")
    key = filters.ChoiceFilter(
        method="is_key", choices=[("1", "重点企业"), ("0", "非重点")], label="重点", empty_label="全部"
    )
    clause = filters.ChoiceFilter(
        field_name="key_clause", choices=KeyClause.choices, label="条款", empty_label="全部条款"
    )
    two = filters.ChoiceFilter(
        method="has_two_keys_one_major", choices=[("1", "涉及")], label="两重点一重大", empty_label="全部"
    )
    major = filters.ChoiceFilter(
        method="has_major", choices=[("1", "有重大危险源")], label="重大危险源", empty_label="全部"
    )
    level = filters.ChoiceFilter(method="of_level", choices=LEVELS, label="重大危险源等级", empty_label="全部")
    process = filters.ChoiceFilter(
        method="uses_process",
        choices=[(str(seq), name) for seq, name in key_processes()],
        label="重点监管工艺",
        empty_label="全部工艺",
    )
    chemical = filters.CharFilter(method="holds", label="化学品（名称、别名或CAS号）")
    expiring = filters.ChoiceFilter(method="licence_expiring", choices=EXPIRING, label="许可证到期", empty_label="全部")
    suspended = filters.ChoiceFilter(
        method="is_suspended", choices=[("1", "停产停业整顿")], label="停产", empty_label="全部"
    )
    diagnosed = filters.ChoiceFilter(
        method="is_diagnosed",
        choices=[("due", "从未诊断或已满3年"), ("open", "有待决定的分级建议")],
        label="诊断分级",
        empty_label="全部",
    )
    listed = filters.ChoiceFilter(
        method="on_list", choices=Transformation.List.choices, label="提升淘汰名单", empty_label="全部"
    )
    located = filters.ChoiceFilter(method="is_located", choices=LOCATIONS, label="坐标", empty_label="全部")

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.called(value)

    def of_level(self, queryset, name, value):
        if value == "none":
            return queryset.filter(major_level=None, judged_level=None)
        return queryset.annotate(level=LEVEL).filter(level=int(value))

    def uses_process(self, queryset, name, value):
        return queryset.filter(Exists(ProcessInUse.objects.filter(enterprise=OuterRef("pk"), key_process_seq=value)))

    def holds(self, queryset, name, value):
        """One of the 74 by any of its names; anything else by the name it stands under in the ledger."""
        entry = chemical(value)
        same = Q(key_chemical_seq=entry.seq) if entry else Q(substance=value.strip())
        return queryset.filter(Exists(Holding.objects.filter(same, enterprise=OuterRef("pk"))))

    def licence_expiring(self, queryset, name, value):
        today = timezone.localdate()
        if value == "expired":
            return queryset.filter(licence_until__lt=today)
        return queryset.filter(licence_until__gte=today, licence_until__lte=today + timedelta(days=int(value)))

    def is_diagnosed(self, queryset, name, value):
        if value == "open":
            waiting = GradeProposal.objects.filter(enterprise=OuterRef("pk"), state=GradeProposal.State.OPEN)
            return queryset.filter(Exists(waiting))
        recent = DiagnosisSheet.objects.filter(
            enterprise=OuterRef("pk"), finished_on__gt=years_ago(timezone.localdate(), YEARS_BETWEEN)
        )
        return queryset.filter(~Exists(recent))

    def on_list(self, queryset, name, value):
        return queryset.filter(Exists(Transformation.objects.open().filter(enterprise=OuterRef("pk"), list=value)))

    def graded(self, queryset, name, value):
        return queryset.filter(grade="" if value == "none" else value)

    def is_key(self, queryset, name, value):
        return queryset.key() if value == "1" else queryset.filter(key_clause="")

    def has_two_keys_one_major(self, queryset, name, value):
        return queryset.two_keys_one_major()

    def has_major(self, queryset, name, value):
        return queryset.filter(major_level__isnull=False)

    def is_suspended(self, queryset, name, value):
        return queryset.filter(suspended_since__isnull=False)

    def is_located(self, queryset, name, value):
        if value == "outside":
            return queryset.filter(pk__in=city_map.outside(queryset))
        return queryset.filter(city_map.LOCATED if value == "yes" else ~city_map.LOCATED)


# What the floors above add to the list's filters; this floor does not know what they are about.
added: list[str] = []


def enterprise_more() -> tuple[str, ...]:
    """The filters under 更多条件, on the list and on the map alike; asked for when a page is made, once all apps are ready."""
    return (*ENTERPRISE_MORE, *added)


def add_filter(name: str, one: filters.Filter) -> None:
    """Called once by the owning app's AppConfig.ready; page, API and export all have it from then on."""
    EnterpriseFilter.base_filters[name] = one
    added.append(name)


class TransformationFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="企业名称")
    list = filters.ChoiceFilter(choices=Transformation.List.choices, label="名单", empty_label="两个名单")
    state = filters.ChoiceFilter(
        method="in_state",
        choices=[("open", "未完成"), *Transformation.State.choices],
        label="状态",
        empty_label="全部状态",
    )
    late = filters.ChoiceFilter(method="is_late", choices=[("1", "逾期")], label="逾期", empty_label="全部")
    district = DistrictFilter()
    due_from = filters.DateFilter(field_name="due_on", lookup_expr="gte", label="期限起", widget=DAY)
    due_to = filters.DateFilter(field_name="due_on", lookup_expr="lte", label="期限止", widget=DAY)
    enterprise = filters.NumberFilter(field_name="enterprise_id", label="企业")

    class Meta:
        model = Transformation
        fields = ()

    def search(self, queryset, name, value):
        return queryset.filter(enterprise__name__icontains=value.strip())

    def in_state(self, queryset, name, value):
        return queryset.open() if value == "open" else queryset.filter(state=value)

    def is_late(self, queryset, name, value):
        return queryset.late()


class PossibleDuplicateFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="企业名称")
    district = DistrictFilter(method="in_district")

    class Meta:
        model = PossibleDuplicate
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(first__name__icontains=value.strip()) | Q(second__name__icontains=value.strip()))

    def in_district(self, queryset, name, value: int):
        return queryset.filter(Q(first__district=value) | Q(second__district=value))


class UnitFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="单元或企业名称")
    district = DistrictFilter()
    judged = filters.ChoiceFilter(choices=Judged.choices, label="辨识结果", empty_label="全部结果")
    level = filters.ChoiceFilter(choices=MajorLevel.choices, label="辨识等级", empty_label="全部等级")
    kind = filters.ChoiceFilter(choices=UnitKind.choices, label="单元类型", empty_label="全部类型")
    differs = filters.BooleanFilter(method="declared_otherwise", label="申报与辨识不一致")
    near = filters.BooleanFilter(method="near_one", label="接近临界（0.9≤S＜1）")
    closed = filters.BooleanFilter(field_name="closed_on", lookup_expr="isnull", exclude=True, label="已停用")
    enterprise = filters.NumberFilter(field_name="enterprise_id", label="企业")

    class Meta:
        model = Unit
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value) | Q(enterprise__name__icontains=value))

    def declared_otherwise(self, queryset, name, value):
        """Only where the judgement came to an end: a level that is still missing differs from nothing."""
        known = Q(judged=Judged.NOT_MAJOR) | Q(judged=Judged.MAJOR, level__isnull=False)
        same = Q(declared_level=F("level")) | Q(declared_level=None, level=None)
        return queryset.filter(known & ~same) if value else queryset.exclude(known & ~same)

    def near_one(self, queryset, name, value):
        near = Q(s__gte=NEAR_ONE, s__lt=1)
        return queryset.filter(near) if value else queryset.exclude(near)


class SheetFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="enterprise__name", lookup_expr="icontains", label="企业名称")
    state = filters.ChoiceFilter(choices=DiagnosisSheet.State.choices, label="状态", empty_label="全部状态")
    grade = filters.ChoiceFilter(choices=Grade.choices, label="诊断等级", empty_label="全部等级")
    district = DistrictFilter()

    class Meta:
        model = DiagnosisSheet
        fields: list[str] = []


class GradeProposalFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=GradeProposal.State.choices, label="状态", empty_label="全部状态")
    cause = filters.ChoiceFilter(choices=GradeProposal.Cause.choices, label="起因", empty_label="全部起因")
    district = DistrictFilter()

    class Meta:
        model = GradeProposal
        fields: list[str] = []


class ProposalFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="enterprise__name", lookup_expr="icontains", label="企业名称")
    state = filters.ChoiceFilter(choices=FactProposal.State.choices, label="状态", empty_label="全部状态")
    district = DistrictFilter()

    class Meta:
        model = FactProposal
        fields: list[str] = []


class KeyChangeFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="enterprise__name", lookup_expr="icontains", label="企业名称")
    way = filters.ChoiceFilter(
        method="goes",
        choices=[("in", "列入"), ("out", "移出"), ("other", "条款变化")],
        label="变动",
        empty_label="全部变动",
    )
    district = DistrictFilter()
    on_from = filters.DateFilter(field_name="on", lookup_expr="gte", label="日期起", widget=DAY)
    on_to = filters.DateFilter(field_name="on", lookup_expr="lte", label="日期止", widget=DAY)

    class Meta:
        model = KeyChange
        fields: list[str] = []

    def goes(self, queryset, name, value):
        ways = {"in": Q(before=""), "out": Q(after=""), "other": ~Q(before="") & ~Q(after="")}
        return queryset.filter(ways[value])


class NearKeyFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="企业名称")
    gap = filters.ChoiceFilter(
        method="lacks", choices=[(gap, gap) for gap in rules.GAPS], label="缺少", empty_label="全部"
    )
    district = DistrictFilter()
    sector = filters.ChoiceFilter(choices=Sector.choices, label="行业", empty_label="全部行业")

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.named(value)

    def lacks(self, queryset, name, value):
        return queryset.filter(near_key__contains=value)


class ImportFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=LedgerImport.State.choices, label="状态", empty_label="全部状态")

    class Meta:
        model = LedgerImport
        fields: list[str] = []


LACKING = [("any", "有空缺"), *((duty.value, f"缺{duty.label}") for duty in Duty), ("none", "三人齐全")]


class MajorFilter(filters.FilterSet):
    """Of 重大危险源, as enterprises.queries.people.majors gives them."""

    q = filters.CharFilter(method="search", label="单元或企业名称")
    district = DistrictFilter()
    lacking = filters.ChoiceFilter(method="lacks", choices=LACKING, label="包保责任人", empty_label="全部")
    level = filters.ChoiceFilter(field_name="worst", choices=MajorLevel.choices, label="等级", empty_label="全部等级")
    late = filters.ChoiceFilter(
        method="is_late", choices=[("1", "逾期未更新登记")], label="登记系统", empty_label="全部"
    )
    enterprise = filters.NumberFilter(field_name="enterprise_id", label="企业")

    class Meta:
        model = Unit
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(name__icontains=value.strip()) | Q(enterprise__name__icontains=value.strip()))

    def lacks(self, queryset, name, value):
        if value in ("any", "none"):
            return queryset.filter(COMPLETE) if value == "none" else queryset.exclude(COMPLETE)
        return queryset.filter(**{f"has_{value}": False})

    def is_late(self, queryset, name, value):
        return queryset.filter(late=True)


class ResponsibleFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="姓名、单元或企业名称")
    district = DistrictFilter()
    duty = filters.ChoiceFilter(choices=Duty.choices, label="责任", empty_label="全部")
    current = filters.BooleanFilter(method="in_office", label="现任")
    unit = filters.NumberFilter(field_name="unit_id", label="单元")
    enterprise = filters.NumberFilter(field_name="enterprise_id", label="企业")

    class Meta:
        model = ResponsiblePerson
        fields: list[str] = []

    def search(self, queryset, name, value):
        word = value.strip()
        return queryset.filter(
            Q(name__icontains=word) | Q(unit__name__icontains=word) | Q(enterprise__name__icontains=word)
        )

    def in_office(self, queryset, name, value):
        current = ResponsiblePerson.objects.current().values("pk")
        return queryset.filter(pk__in=current) if value else queryset.exclude(pk__in=current)


class CredentialFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="企业、证照、持证人或证号")
    kind = filters.ChoiceFilter(choices=Credential.Kind.choices, label="种类", empty_label="全部种类")
    within = filters.ChoiceFilter(method="falls_due", choices=EXPIRING, label="到期", empty_label="全部")
    district = DistrictFilter()
    enterprise = filters.NumberFilter(field_name="enterprise_id", label="企业")
    in_force = filters.BooleanFilter(method="is_in_force", label="在册")

    class Meta:
        model = Credential
        fields: list[str] = []

    def search(self, queryset, name, value):
        word = value.strip()
        return queryset.filter(
            Q(title__icontains=word)
            | Q(holder__icontains=word)
            | Q(number__icontains=word)
            | Q(enterprise__name__icontains=word)
        )

    def falls_due(self, queryset, name, value):
        return queryset.filter(expires_within(value), ended_on=None, renewed_on=None)

    def is_in_force(self, queryset, name, value):
        standing = Q(ended_on=None, renewed_on=None, enterprise__merged_into=None)
        return queryset.filter(standing if value else ~standing)
