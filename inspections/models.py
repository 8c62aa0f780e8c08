"""检查: checklists as they were on a day, and visits with their answers."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from enterprises.models import OWNED, EnterpriseOwned
from hazards.models import AccidentType, Evidence, Level, Notice
from inspections import models_assessments, models_draws, models_field, models_team  # noqa: F401 - Django finds an app's models here
from inspections.rules import month_end
from portal.tenancy.models import District, Organisation, Person, TenantForeignKey, TenantModel
from portal.tenancy.wall import Reference, Wall


class ChecklistEdition(models.Model):
    """检查表版本. Never changed once loaded: a change is a new edition, so a past visit reads as it read that day."""

    name = models.CharField("检查表", max_length=80)
    edition = models.CharField("版本", max_length=64, unique=True)
    loaded_at = models.DateTimeField(auto_now_add=True)

    wall = Reference()

    class Meta:
        ordering = ["-id"]


class Asked(models.Model):
    """What one line of a checklist asks, of the catalog's or of a city's own."""

    seq = models.PositiveSmallIntegerField()
    code = models.CharField("编号", max_length=20)
    category = models.CharField("类别", max_length=60)
    subcategory = models.CharField("小类", max_length=60)
    text = models.TextField("检查内容")
    basis = models.TextField("依据")
    suggested_level = models.CharField("建议级别", max_length=8, choices=Level)
    level_note = models.TextField("级别说明", blank=True)
    accident_type = models.CharField("可能事故类型", max_length=12, choices=AccidentType)
    criterion = models.CharField("重大隐患判定", max_length=60, blank=True)

    class Meta:
        abstract = True


class ChecklistItem(Asked):
    edition = models.ForeignKey(ChecklistEdition, models.PROTECT, related_name="items")
    verification = models.CharField("核实情况", max_length=200, blank=True)
    confidence = models.CharField(max_length=8, blank=True)

    wall = Reference()

    class Meta:
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["edition", "code"], name="item_once_an_edition")]


class ChecklistTemplate(TenantModel):
    """检查表模板: a city's checklist of one subject, items of an edition and its own. No version is ever changed: a change is the next.

    The database lets nobody change one, so what a visit was begun with reads the same for ever.
    """

    subject = models.CharField("主题", max_length=40)
    version = models.PositiveSmallIntegerField("版本")
    edition = models.ForeignKey(ChecklistEdition, models.PROTECT, related_name="+", verbose_name="检查表")
    codes = ArrayField(models.CharField(max_length=20), default=list, blank=True, verbose_name="检查项")
    reason = models.CharField("说明", max_length=300)
    by_name = models.CharField("制定人", max_length=40)
    made_at = models.DateTimeField("制定时间", auto_now_add=True)
    withdrawn_on = models.DateField("停用日期", null=True, blank=True)

    wall = Wall(by="tenant", city="ra", department="r", district="r", audit="r", columns={"city": ("withdrawn_on",)})

    class Meta:
        verbose_name = verbose_name_plural = "检查表模板"
        ordering = ["subject", "-version"]
        constraints = [models.UniqueConstraint(fields=["tenant", "subject", "version"], name="template_version_once")]

    def __str__(self):
        return f"{self.subject}（第{self.version}版）"


class OwnItem(TenantModel, Asked):
    """自编检查项: a city's own line of one version of a template. It keeps its code from version to version."""

    template = TenantForeignKey(ChecklistTemplate, related_name="own", verbose_name="检查表模板")

    # Nobody verified it but the city itself.
    verification = confidence = ""

    wall = Wall(by="tenant", city="ra", department="r", district="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "自编检查项"
        ordering = ["seq"]
        constraints = [models.UniqueConstraint(fields=["tenant", "template", "code"], name="own_item_once_a_version")]


class FrequencySetting(TenantModel):
    """检查频次: how often a grade is visited, from a day on. Never changed: a later row takes its place."""

    class Of(models.TextChoices):
        D = "D", "D级（红色）"
        C = "C", "C级（橙色）"
        B = "B", "B级（黄色）"
        A = "A", "A级（蓝色）"
        PRESSED = "S", "停产停业整顿、挂牌督办"

    grade = models.CharField("风险等级", max_length=1, choices=Of)
    visits_a_year = models.PositiveSmallIntegerField("每年次数")
    from_day = models.DateField("自何日起")
    reason = models.CharField("理由", max_length=300)
    by_name = models.CharField("设定人", max_length=40)
    made_at = models.DateTimeField("设定时间", auto_now_add=True)

    wall = Wall(by="tenant", city="ra", department="r", district="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "检查频次"
        ordering = ["-from_day", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(visits_a_year__in=[1, 2, 4, 6, 12]), name="visits_divide_a_year")
        ]


class ThemedAction(TenantModel):
    """专项行动: a theme, a time, a scope said with the ledger's filter, and items of one checklist; the office's for the whole city."""

    class State(models.TextChoices):
        PREPARED = "prepared", "未启动"
        RUNNING = "running", "进行中"
        ENDED = "ended", "已结束"

    title = models.CharField("行动名称", max_length=80)
    themes = ArrayField(models.CharField(max_length=12, choices=AccidentType), verbose_name="主题")
    starts = models.DateField("开始日期")
    ends = models.DateField("截止日期")
    query = models.CharField("企业范围的条件", max_length=1000, blank=True)
    scope_words = models.CharField("企业范围", max_length=300, blank=True)
    edition = models.ForeignKey(ChecklistEdition, models.PROTECT, related_name="+", verbose_name="检查表")
    template = TenantForeignKey(ChecklistTemplate, null=True, blank=True, related_name="+", verbose_name="检查表模板")
    codes = ArrayField(models.CharField(max_length=20), verbose_name="检查项")
    state = models.CharField("状态", max_length=8, choices=State, default=State.PREPARED)
    by_name = models.CharField("拟定人", max_length=40)
    made_at = models.DateTimeField("拟定时间", auto_now_add=True)
    started_at = models.DateTimeField("启动时间", null=True, blank=True)
    ended_on = models.DateField("结束日期", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    wall = Wall(by="tenant", city="raw", department="r", district="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "专项行动"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gte=F("starts")), name="an_action_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(state="prepared") | Q(started_at__isnull=False), name="a_running_action_was_started"
            ),
        ]

    def __str__(self):
        return self.title

    @property
    def theme_words(self) -> str:
        return "、".join(AccidentType(theme).label for theme in self.themes)


class ActionTarget(EnterpriseOwned):
    """A plant of a started action; none is ever taken out."""

    action = TenantForeignKey(ThemedAction, related_name="targets", verbose_name="专项行动")
    joined_on = models.DateField("列入日期")

    wall = Wall(by="enterprise", city="raw", department="r", district="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "专项行动的企业"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "action", "enterprise"], name="target_once")]


class Visit(EnterpriseOwned):
    """检查: one inspection visit by at least two certified inspectors (安全生产法第67条)."""

    class State(models.TextChoices):
        UNDER_WAY = "under_way", "进行中"
        FINISHED = "finished", "已完成"
        ABANDONED = "abandoned", "已作废"

    class Subject(models.TextChoices):
        ROUTINE = "routine", "日常检查"
        THEMED = "themed", "专项检查"
        FOLLOW_UP = "follow_up", "跟踪检查"

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    subject = models.CharField("检查类别", max_length=12, choices=Subject, default=Subject.ROUTINE)
    organisation = TenantForeignKey(Organisation, null=True, related_name="+", verbose_name="检查单位")
    visited_on = models.DateField("检查日期")
    started_at = models.DateTimeField("开始", auto_now_add=True)
    finished_at = models.DateTimeField("结束", null=True, blank=True)
    state = models.CharField("状态", max_length=10, choices=State, default=State.UNDER_WAY)
    lead = TenantForeignKey(Person, related_name="+", verbose_name="主办人员")
    second = TenantForeignKey(Person, null=True, blank=True, related_name="+", verbose_name="协办人员")
    edition = models.ForeignKey(ChecklistEdition, models.PROTECT, related_name="+", verbose_name="检查表")
    categories = ArrayField(models.CharField(max_length=60), default=list, blank=True, verbose_name="检查范围")
    action = TenantForeignKey(ThemedAction, null=True, blank=True, related_name="visits", verbose_name="专项行动")
    template = TenantForeignKey(ChecklistTemplate, null=True, blank=True, related_name="+", verbose_name="检查表模板")
    # Of the categories' items only these are gone through; empty is all of them.
    codes = ArrayField(models.CharField(max_length=20), default=list, db_default=[], blank=True, verbose_name="检查项")
    # Why each part (小类) is asked here, as the ledger stood that day (rules_checklist); empty where nobody composed it.
    because = models.JSONField("列入理由", default=dict, db_default={}, blank=True)
    met_with = models.CharField("陪同人员", max_length=60, blank=True)
    summary = models.TextField("检查情况", blank=True)

    wall = Wall(by="enterprise", **OWNED | {"department": "raw", "expert": ""})

    class Meta:
        verbose_name = verbose_name_plural = "检查"
        ordering = ["-visited_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="visit_key_once"),
            models.CheckConstraint(
                condition=~Q(state="finished") | Q(second__isnull=False, finished_at__isnull=False),
                name="a_finished_visit_has_two_inspectors",
            ),
            models.CheckConstraint(condition=~Q(second=F("lead")), name="two_inspectors_are_two_people"),
        ]
        indexes = [
            models.Index(fields=["tenant", "district", "-visited_on"], name="visit_by_district"),
            models.Index(fields=["tenant", "enterprise", "-visited_on"], name="visit_by_enterprise"),
            # Narrow, so that coverage is answered from the index alone.
            models.Index(
                fields=["tenant", "enterprise", "visited_on"], condition=Q(state="finished"), name="visit_finished"
            ),
            models.Index(fields=["tenant", "-visited_on"], name="visit_by_tenant"),
            models.Index(
                fields=["tenant", "action", "enterprise"], condition=Q(action__isnull=False), name="visit_by_action"
            ),
        ]

    def __str__(self):
        return f"{self.visited_on} {self.get_subject_display()}"

    def items(self) -> models.QuerySet[ChecklistItem]:
        """What this visit goes through of the catalog, as it read that day."""
        items = ChecklistItem.objects.filter(edition_id=self.edition_id, category__in=self.categories)
        return items.filter(code__in=self.codes) if self.codes else items

    def own_items(self) -> models.QuerySet[OwnItem]:
        """And of the city's own."""
        if self.template_id is None:
            return OwnItem.objects.none()
        return OwnItem.objects.filter(template_id=self.template_id, code__in=self.codes)


class Draw(TenantModel):
    """双随机: pools published first, a seed and the result afterwards, with everything needed to repeat it (inspections/rules_draw.py).

    A draw of the whole city has no district and is the city's to see; each district sees what was drawn in it.
    """

    district = TenantForeignKey(District, null=True, blank=True, related_name="+", verbose_name="区县")
    organisation = TenantForeignKey(Organisation, related_name="+", verbose_name="检查单位")
    title = models.CharField("抽查名称", max_length=80)
    month = models.DateField("检查月份")
    size = models.PositiveIntegerField("抽取家数")
    scope_words = models.CharField("企业范围", max_length=300, blank=True)
    plants = models.JSONField("企业名单", help_text="id, code, name")
    people = models.JSONField("检查人员名单", help_text="id, certificate, name")
    avoided = models.JSONField("回避", help_text="person, plant (0 for all); before 公示 there was, also the reason")
    reasons = models.JSONField(
        "回避原因", default=list, db_default=[], blank=True, help_text="of each that is avoided; not published"
    )
    digest = models.CharField("名单SM3", max_length=64)
    by_name = models.CharField("公布人", max_length=40)
    published_at = models.DateTimeField("公布时间", auto_now_add=True)
    seed = models.CharField("种子", max_length=100, blank=True)
    result = models.JSONField("结果", default=list, help_text="plant, pair; in the order drawn")
    drawn_by = models.CharField("抽取人", max_length=40, blank=True)
    drawn_at = models.DateTimeField("抽取时间", null=True, blank=True)

    # Only what the draw itself adds may be written, and no draw is deleted.
    wall = Wall(
        by="district",
        city="ra",
        district="ra",
        audit="r",
        columns={scope: ("seed", "result", "drawn_by", "drawn_at") for scope in ("city", "district")},
    )

    class Meta:
        verbose_name = verbose_name_plural = "双随机抽查"
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(seed="", drawn_at=None) | ~Q(seed="") & Q(drawn_at__isnull=False), name="drawn_by_a_seed"
            )
        ]
        indexes = [models.Index(fields=["tenant", "district", "-id"], name="draw_by_district")]

    def __str__(self):
        return self.title


class PlannedVisit(EnterpriseOwned):
    """计划检查: one visit that a body means to make in a month. The plant is not told: no scope of its own sees it."""

    class State(models.TextChoices):
        PLANNED = "planned", "待检查"
        DONE = "done", "已检查"
        CANCELLED = "cancelled", "已取消"

    class Origin(models.TextChoices):
        GRADE = "grade", "按等级频次"
        HAND = "hand", "另行安排"
        DRAW = "draw", "双随机"
        ACTION = "action", "专项行动"

    month = models.DateField("计划月份", help_text="that month's first day")
    day = models.DateField("计划日期", null=True, blank=True)
    organisation = TenantForeignKey(Organisation, related_name="+", verbose_name="检查单位")
    joint_with = TenantForeignKey(Organisation, null=True, blank=True, related_name="+", verbose_name="联合检查单位")
    # 联合检查 offered to another body's planned visit of the same plant, until that body answers.
    offered_to = TenantForeignKey("self", null=True, blank=True, related_name="offers")
    origin = models.CharField("来源", max_length=8, choices=Origin)
    draw = TenantForeignKey(Draw, null=True, blank=True, related_name="planned", verbose_name="双随机抽查")
    action = TenantForeignKey(ThemedAction, null=True, blank=True, related_name="planned", verbose_name="专项行动")
    grade = models.CharField("计划时等级", max_length=1, blank=True)
    months = models.PositiveSmallIntegerField("计划时每几个月一次", default=1)
    first = TenantForeignKey(Person, null=True, blank=True, related_name="+", verbose_name="主办人员")
    second = TenantForeignKey(Person, null=True, blank=True, related_name="+", verbose_name="协办人员")
    state = models.CharField("状态", max_length=9, choices=State, default=State.PLANNED)
    visit = TenantForeignKey(Visit, null=True, blank=True, related_name="planned", verbose_name="检查")
    note = models.CharField("改期或取消理由", max_length=300, blank=True)
    by_name = models.CharField("计划人", max_length=40)
    made_at = models.DateTimeField("计划时间", auto_now_add=True)
    revision = models.PositiveIntegerField(default=1)

    wall = Wall(by="enterprise", city="rawd", department="raw", district="rawd", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "计划检查"
        ordering = ["month", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(month__day=1), name="planned_for_a_whole_month"),
            models.CheckConstraint(
                condition=Q(first=None, second=None)
                | Q(first__isnull=False, second__isnull=False) & ~Q(first=F("second")),
                name="a_planned_pair_is_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(visit__isnull=False), name="a_plan_is_done_by_a_visit"
            ),
            models.UniqueConstraint(fields=["tenant", "visit"], name="a_visit_does_one_plan"),
        ]
        indexes = [
            models.Index(fields=["tenant", "district", "month", "id"], name="planned_by_district"),
            models.Index(fields=["tenant", "enterprise", "month"], name="planned_by_enterprise"),
            models.Index(fields=["tenant", "month", "id"], name="planned_by_month"),
            models.Index(
                fields=["tenant", "action", "enterprise"], condition=Q(action__isnull=False), name="planned_by_action"
            ),
        ]

    def __str__(self):
        return f"{self.month:%Y年}{self.month.month}月计划检查"

    @property
    def is_late(self) -> bool:
        return self.state == self.State.PLANNED and (self.day or month_end(self.month)) < timezone.localdate()


# Evidence and documents know their visit as a number, because their floor lies below; that it is one of the same city is said here.
Evidence.wall_references = {"visit_id": "inspections_visit"}
Notice.wall_references = {"visit_id": "inspections_visit"}


class Answer(EnterpriseOwned):
    """检查发现: what was found for one item, or beside the list (no item)."""

    class Verdict(models.TextChoices):
        OK = "ok", "符合"
        NOT_OK = "not_ok", "不符合"
        NOT_APPLICABLE = "na", "不涉及"

    visit = TenantForeignKey(Visit, related_name="answers")
    item = models.ForeignKey(ChecklistItem, models.PROTECT, null=True, blank=True, related_name="+")
    own = TenantForeignKey(OwnItem, null=True, blank=True, related_name="+")
    # One row a question: the item's code, or for a hazard on no list a key of the client's making.
    code = models.CharField(max_length=60)
    verdict = models.CharField("结论", max_length=8, choices=Verdict)
    description = models.TextField("情况描述", blank=True)
    level = models.CharField("级别", max_length=8, choices=Level, blank=True)
    accident_type = models.CharField("可能事故类型", max_length=12, choices=AccidentType, default=AccidentType.OTHER)
    basis = models.TextField("依据", blank=True)
    place = models.CharField("部位", max_length=120, blank=True)
    hazard_id = models.BigIntegerField(null=True, blank=True)

    wall_references = {"hazard_id": "hazards_hazard"}
    wall = Wall(by="enterprise", **OWNED | {"city": "rawd", "department": "rawd", "district": "rawd", "expert": ""})

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["tenant", "visit", "code"], name="one_answer_a_question")]

    @property
    def asked(self) -> Asked | None:
        """The line of the checklist it answers; None for a finding on no list."""
        return self.item or self.own
