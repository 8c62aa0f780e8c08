"""The filters of the visit lists, shared by pages and API."""

import django_filters as filters
from django import forms
from django.db.models import Exists, F, OuterRef, Q

from enterprises.models import Enterprise, Grade, Sector
from hazards.models import AccidentType
from inspections.models import ActionTarget, ChecklistTemplate, Draw, PlannedVisit, ThemedAction, Visit
from inspections.models_assessments import Assessment, AssessmentAnswer, Expert, Speciality
from inspections.models_team import Commendation, TrainingRecord
from inspections.queries.plans import late
from portal.tenancy.models import District, Person
from portal.tenancy.scope import who
from portal.ui.fields import DAY
from portal.ui.filters import DepartmentFilter, DistrictFilter

FEW = 500


def districts(request):
    return District.objects.all()


class VisitFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="企业或人员")
    state = filters.ChoiceFilter(choices=Visit.State.choices, label="状态", empty_label="全部状态")
    subject = filters.ChoiceFilter(choices=Visit.Subject.choices, label="检查类别", empty_label="全部类别")
    district = filters.ModelChoiceFilter(queryset=districts, label="区县", empty_label="全部区县")
    enterprise = filters.NumberFilter(field_name="enterprise_id", label="企业", widget=forms.HiddenInput)
    person = filters.NumberFilter(method="of_person", label="检查人员编号", widget=forms.HiddenInput)
    mine = filters.ChoiceFilter(method="of_mine", choices=[("1", "我参加的")], label="检查人员", empty_label="全部人员")
    visited_from = filters.DateFilter(field_name="visited_on", lookup_expr="gte", label="检查日期起", widget=DAY)
    visited_to = filters.DateFilter(field_name="visited_on", lookup_expr="lte", label="检查日期止", widget=DAY)

    class Meta:
        model = Visit
        fields: list[str] = []

    def search(self, queryset, name, value):
        # Names are looked up first: a short list of keys lets the visits' own indexes answer, where a join or a
        # subquery under OR would read every visit of the city. A word that fits very many is found soon anyway.
        plants = Enterprise.objects.called(value).values_list("pk", flat=True)
        people = Person.objects.filter(name__icontains=value).values_list("pk", flat=True)
        few = list(plants[: FEW + 1])
        found = Q(enterprise_id__in=few if len(few) <= FEW else plants)
        if named := list(people[:FEW]):
            found |= Q(lead_id__in=named) | Q(second_id__in=named)
        return queryset.filter(found)

    def of_mine(self, queryset, name, value):
        return self.of_person(queryset, name, who().person_id)

    def of_person(self, queryset, name, value):
        return queryset.filter(Q(lead_id=value) | Q(second_id=value))


def not_visited_since(queryset, name, day):
    """No finished visit on that day or later: what the enterprise list has from this floor."""
    since = Visit.objects.filter(enterprise=OuterRef("pk"), state=Visit.State.FINISHED, visited_on__gte=day)
    return queryset.filter(~Exists(since))


NOT_VISITED_SINCE = filters.DateFilter(method=not_visited_since, label="自该日起未检查", widget=DAY)


class DueFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label="企业")
    district = filters.ModelChoiceFilter(queryset=districts, label="区县", empty_label="全部区县")
    grade = filters.ChoiceFilter(choices=Grade.choices, label="风险等级", empty_label="全部等级")
    sector = filters.ChoiceFilter(choices=Sector.choices, label="行业", empty_label="全部行业")
    department = DepartmentFilter()
    covered = filters.ChoiceFilter(
        choices=[("0", "本期未检查"), ("1", "本期已检查")], method="is_covered", label="情况", empty_label="全部应检查"
    )

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def is_covered(self, queryset, name, value):
        return queryset.filter(covered=value == "1")


class TrainingFilter(filters.FilterSet):
    person = filters.NumberFilter(field_name="person_id", label="人员编号")
    since = filters.DateFilter(field_name="on", lookup_expr="gte", label="培训日期起")
    until = filters.DateFilter(field_name="on", lookup_expr="lte", label="培训日期止")

    class Meta:
        model = TrainingRecord
        fields: list[str] = []


class CommendationFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="person__name", lookup_expr="icontains", label="姓名")
    state = filters.ChoiceFilter(choices=Commendation.State.choices, label="状态", empty_label="全部状态")
    district = filters.ModelChoiceFilter(queryset=districts, label="区县", empty_label="全部区县")

    class Meta:
        model = Commendation
        fields: list[str] = []


class ExpertFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="姓名或单位")
    skill = filters.ChoiceFilter(method="has_skill", choices=Speciality.choices, label="专业", empty_label="全部专业")
    active = filters.BooleanFilter(label="在库")

    class Meta:
        model = Expert
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(person__name__icontains=value) | Q(employer__icontains=value))

    def has_skill(self, queryset, name, value):
        return queryset.filter(skills__contains=[value])


class AssessmentFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="企业或编号")
    state = filters.ChoiceFilter(choices=Assessment.State.choices, label="状态", empty_label="全部状态")
    district = filters.ModelChoiceFilter(queryset=districts, label="区县", empty_label="全部区县")
    enterprise = filters.NumberFilter(field_name="enterprise_id", label="企业", widget=forms.HiddenInput)

    class Meta:
        model = Assessment
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(Q(enterprise__in=Enterprise.objects.called(value)) | Q(number__icontains=value))


class ProblemFilter(filters.FilterSet):
    district = filters.ModelChoiceFilter(queryset=districts, label="区县", empty_label="全部区县")
    enterprise = filters.NumberFilter(field_name="enterprise_id", label="企业", widget=forms.HiddenInput)

    class Meta:
        model = AssessmentAnswer
        fields: list[str] = []


class AssessedFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="name", lookup_expr="icontains", label="企业")
    district = filters.ModelChoiceFilter(queryset=districts, label="区县", empty_label="全部区县")
    sector = filters.ChoiceFilter(choices=Sector.choices, label="行业", empty_label="全部行业")
    department = DepartmentFilter()
    assessed = filters.ChoiceFilter(
        choices=[("0", "未评估"), ("1", "已评估")], method="is_assessed", label="情况", empty_label="全部"
    )

    class Meta:
        model = Enterprise
        fields: list[str] = []

    def is_assessed(self, queryset, name, value):
        return queryset.filter(assessed=value == "1")


class PlannedFilter(filters.FilterSet):
    q = filters.CharFilter(method="search", label="企业名称")
    month = filters.DateFilter(
        method="in_month",
        label="月份",
        widget=forms.DateInput(attrs={"type": "month"}),
        input_formats=["%Y-%m", "%Y-%m-%d"],
    )
    district = DistrictFilter()
    grade = filters.ChoiceFilter(choices=Grade.choices, label="风险等级", empty_label="全部等级")
    state = filters.ChoiceFilter(
        method="in_state",
        choices=[("late", "逾期未检查"), *PlannedVisit.State.choices],
        label="状态",
        empty_label="全部状态",
    )
    pair = filters.ChoiceFilter(
        method="has_pair", choices=[("none", "未指派"), ("mine", "指派给我的")], label="人员", empty_label="全部"
    )
    near = filters.ChoiceFilter(
        method="is_near", choices=[("1", "两周内两家单位检查")], label="重复", empty_label="全部"
    )
    origin = filters.ChoiceFilter(choices=PlannedVisit.Origin.choices, label="来源", empty_label="全部来源")
    enterprise = filters.NumberFilter(field_name="enterprise_id", label="企业", widget=forms.HiddenInput)

    class Meta:
        model = PlannedVisit
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(enterprise__in=Enterprise.objects.called(value).values("pk"))

    def in_month(self, queryset, name, value):
        return queryset.filter(month=value.replace(day=1))

    def in_state(self, queryset, name, value):
        return queryset.filter(late()) if value == "late" else queryset.filter(state=value)

    def has_pair(self, queryset, name, value):
        if value == "none":
            return queryset.filter(first=None, state=PlannedVisit.State.PLANNED)
        me = who().person_id
        return queryset.filter(Q(first_id=me) | Q(second_id=me))

    def is_near(self, queryset, name, value):
        return queryset.filter(near=True)


class DrawFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="title", lookup_expr="icontains", label="名称")
    district = DistrictFilter()
    drawn = filters.ChoiceFilter(
        method="is_drawn", choices=[("1", "已抽取"), ("0", "待抽取")], label="结果", empty_label="全部"
    )

    class Meta:
        model = Draw
        fields: list[str] = []

    def is_drawn(self, queryset, name, value):
        return queryset.exclude(seed="") if value == "1" else queryset.filter(seed="")


class TemplateFilter(filters.FilterSet):
    """Of inspections.queries.checklists.templates."""

    q = filters.CharFilter(field_name="subject", lookup_expr="icontains", label="主题")
    state = filters.ChoiceFilter(
        method="in_state",
        choices=[("current", "现行"), ("older", "旧版本"), ("withdrawn", "已停用")],
        label="状态",
        empty_label="全部版本",
    )

    class Meta:
        model = ChecklistTemplate
        fields: list[str] = []

    def in_state(self, queryset, name, value):
        if value == "withdrawn":
            return queryset.exclude(withdrawn_on=None)
        newest = queryset.filter(version=F("newest"), withdrawn_on=None)
        return newest if value == "current" else queryset.filter(version__lt=F("newest"), withdrawn_on=None)


class ActionFilter(filters.FilterSet):
    q = filters.CharFilter(field_name="title", lookup_expr="icontains", label="名称")
    theme = filters.ChoiceFilter(method="of_theme", choices=AccidentType.choices, label="主题", empty_label="全部主题")
    state = filters.ChoiceFilter(choices=ThemedAction.State.choices, label="状态", empty_label="全部状态")

    class Meta:
        model = ThemedAction
        fields: list[str] = []

    def of_theme(self, queryset, name, value):
        return queryset.filter(themes__contains=[value])


class TargetFilter(filters.FilterSet):
    """Of inspections.queries.themed.targets."""

    q = filters.CharFilter(method="search", label="企业名称")
    district = DistrictFilter()
    state = filters.ChoiceFilter(
        method="in_state",
        choices=[("planned", "已列入计划"), ("visited", "已检查"), ("lacking", "未检查")],
        label="情况",
        empty_label="全部",
    )
    action = filters.NumberFilter(field_name="action_id", label="专项行动", widget=forms.HiddenInput)
    enterprise = filters.NumberFilter(field_name="enterprise_id", label="企业", widget=forms.HiddenInput)

    class Meta:
        model = ActionTarget
        fields: list[str] = []

    def search(self, queryset, name, value):
        return queryset.filter(enterprise__in=Enterprise.objects.called(value).values("pk"))

    def in_state(self, queryset, name, value):
        if value == "planned":
            return queryset.exclude(planned_id=None)
        return queryset.filter(visited=value == "visited")
