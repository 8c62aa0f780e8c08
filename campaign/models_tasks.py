"""任务: what the action plan gives to departments and districts, with timetable, roadmap and the person who answers for it;
what they report of it; the leading group; and the goals of the plan."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from campaign import rules_tasks as rules
from portal.tenancy.models import Organisation, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall

WORKING = (Organisation.Kind.OFFICE, Organisation.Kind.DEPARTMENT, Organisation.Kind.BUREAU)
"""Bodies that tasks are given to; the city's own before its districts'."""
READ_BY_STAFF = dict(department="r", district="r", audit="r")


class GroupMemberQuerySet(models.QuerySet):
    def standing(self, on=None):
        on = on or timezone.localdate()
        return self.filter(Q(ends=None) | Q(ends__gte=on), starts__lte=on)


class GroupMember(TenantModel):
    """领导小组成员: who leads the campaign, from when to when. Whoever leaves stays on the record."""

    class Post(models.TextChoices):
        HEAD = "head", "组长"
        DEPUTY = "deputy", "副组长"
        MEMBER = "member", "成员"
        OFFICE_HEAD = "office_head", "办公室主任"
        OFFICE_DEPUTY = "office_deputy", "办公室副主任"
        LIAISON = "liaison", "联络员"

    post = models.CharField("组内职务", max_length=14, choices=Post)
    name = models.CharField("姓名", max_length=40)
    unit = models.CharField("单位及职务", max_length=120)
    duty = models.CharField("分工", max_length=300, blank=True)
    starts = models.DateField("任职起")
    ends = models.DateField("任职止", null=True, blank=True)
    basis = models.CharField("依据", max_length=120, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = GroupMemberQuerySet.as_manager()

    wall = Wall(by="tenant", city="raw", **READ_BY_STAFF)

    class Meta:
        verbose_name = verbose_name_plural = "领导小组成员"
        ordering = ["starts", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends=None) | Q(ends__gte=F("starts")), name="member_ends_after_start"),
        ]

    def __str__(self):
        return f"{self.get_post_display()} {self.name}"


class TaskQuerySet(models.QuerySet):
    def open(self):
        """在办: handed over, and neither confirmed nor cancelled."""
        return self.filter(state__in=rules.OPEN)

    def unfinished(self):
        """未完结: what is being planned as well."""
        return self.filter(state__in=(rules.PLANNED, *rules.OPEN))

    def late(self, on=None):
        """逾期: handed over, not confirmed, not cancelled, and due before `on`."""
        return self.open().filter(due__lt=on or timezone.localdate())

    def with_late_milestone(self, on=None):
        """节点逾期: open, with a milestone that was due before `on` and has not been reached."""
        late = Milestone.objects.filter(task=models.OuterRef("pk")).late(on)
        return self.open().filter(models.Exists(late))


class Task(TenantModel):
    """任务: one piece of the plan, handed to one unit that answers for it, with others to assist."""

    key = models.UUIDField(default=uuid.uuid4, editable=False)
    title = models.CharField("任务", max_length=120)
    what = models.TextField("内容和要求")
    phase = TenantForeignKey("campaign.Phase", related_name="tasks", verbose_name="阶段")
    clause = models.CharField("方案条款", max_length=8, choices=list(rules.CLAUSES.items()))
    unit = TenantForeignKey(Organisation, related_name="+", verbose_name="责任单位")
    assisting = ArrayField(models.BigIntegerField(), default=list, blank=True, verbose_name="配合单位")
    # Whom the wall lets see it: the unit and those assisting, from the moment it is handed over; nobody before.
    units = ArrayField(models.BigIntegerField(), default=list, editable=False)
    responsible = models.CharField("责任人", max_length=40)
    starts = models.DateField("开始日期")
    due = models.DateField("完成期限")
    first_due = models.DateField("原定期限", editable=False)
    state = models.CharField("状态", max_length=9, choices=rules.CHOICES, default=rules.PLANNED)
    percent = models.PositiveSmallIntegerField("进度", default=0)
    by_name = models.CharField("拟定人", max_length=40)
    made_at = models.DateTimeField("拟定时间", auto_now_add=True)
    handed_on = models.DateField("下达日期", null=True, blank=True)
    done_on = models.DateField("报完成日期", null=True, blank=True)
    confirmed_on = models.DateField("确认日期", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    objects = TaskQuerySet.as_manager()

    UNIT_WRITES = ("state", "percent", "done_on", "revision")
    wall = Wall(
        by="unit",
        city="raw",
        department="r",
        district="r",
        audit="r",
        columns={"department": UNIT_WRITES, "district": UNIT_WRITES},
    )
    wall_keys = [("units",)]

    class Meta:
        verbose_name = verbose_name_plural = "任务"
        ordering = ["due", "id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="task_key_once"),
            models.CheckConstraint(condition=Q(due__gte=F("starts")), name="a_task_is_due_after_it_starts"),
            models.CheckConstraint(condition=Q(percent__lte=100), name="a_task_is_done_by_100"),
            models.CheckConstraint(
                condition=Q(handed_on=None, units=[]) | Q(handed_on__isnull=False) & ~Q(units=[]),
                name="a_task_is_seen_once_handed_over",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["planned", "cancelled"]) | Q(handed_on__isnull=False),
                name="a_running_task_was_handed_over",
            ),
            models.CheckConstraint(
                condition=Q(state="confirmed", confirmed_on__isnull=False)
                | ~Q(state="confirmed") & Q(confirmed_on=None),
                name="a_confirmed_task_has_a_day",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "due", "id"], name="task_by_due"),
            models.Index(fields=["tenant", "unit", "due"], name="task_by_unit"),
        ]

    def __str__(self):
        return f"任务{self.pk} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.state in rules.OPEN

    def late_days(self, on=None) -> int:
        return rules.late_days(self.state, self.due, on or timezone.localdate())


class TaskForeignKey(TenantForeignKey):
    """A reference to a task: what hangs on it is seen by the same units, whoever they come to be."""

    along = ("units",)


class TaskOwned(TenantModel):
    """Base of what hangs on a task."""

    units = ArrayField(models.BigIntegerField(), default=list, editable=False)

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        self.units = self.task.units
        super().save(*args, **kwargs)


# Added to and never changed.
HISTORY = dict(city="ra", department="ra", district="ra", audit="r")


class MilestoneQuerySet(models.QuerySet):
    def late(self, on=None):
        return self.filter(reached_on=None, due__lt=on or timezone.localdate())


class Milestone(TaskOwned):
    """节点 of the roadmap (路线图): a step of a task with its day."""

    task = TaskForeignKey(Task, related_name="milestones")
    title = models.CharField("节点", max_length=120)
    due = models.DateField("时限")
    reached_on = models.DateField("完成日期", null=True, blank=True)
    reached_by = models.CharField("登记人", max_length=40, blank=True)

    objects = MilestoneQuerySet.as_manager()

    UNIT_WRITES = ("reached_on", "reached_by")
    wall = Wall(
        by="unit",
        city="rawd",
        department="r",
        district="r",
        audit="r",
        columns={"department": UNIT_WRITES, "district": UNIT_WRITES},
    )

    class Meta:
        verbose_name = verbose_name_plural = "任务节点"
        ordering = ["due", "id"]
        indexes = [models.Index(fields=["tenant", "task", "due"], name="milestone_by_task")]

    def __str__(self):
        return self.title

    def late_days(self, on=None) -> int:
        """Days past its time: of a reached one, when it was reached."""
        return max(0, ((self.reached_on or on or timezone.localdate()) - self.due).days)


class TaskStep(TaskOwned):
    """任务办理记录: one verb done to a task."""

    task = TaskForeignKey(Task, related_name="steps")
    verb = models.CharField("动作", max_length=12, choices=list(rules.STEPS.items()))
    note = models.TextField("说明", blank=True)
    # field's name as the page says it → [old, new]
    changes = models.JSONField("改动", default=dict)
    by_name = models.CharField("经办人", max_length=40)
    by_unit = models.CharField(max_length=120, blank=True)
    at = models.DateTimeField("时间", auto_now_add=True)

    wall = Wall(by="unit", **HISTORY)

    class Meta:
        verbose_name = verbose_name_plural = "任务办理记录"
        ordering = ["id"]
        indexes = [models.Index(fields=["tenant", "task", "id"], name="step_by_task")]


class TaskReport(TaskOwned):
    """进展: what a unit has done of a task by a day, and what stands in its way."""

    key = models.UUIDField(default=uuid.uuid4, editable=False, help_text="the client's own: the same sent twice is one")
    task = TaskForeignKey(Task, related_name="reports")
    on = models.DateField("截至日期")
    # None of a unit that assists: the progress of the whole is told by the one that answers for it.
    percent = models.PositiveSmallIntegerField("进度", null=True, blank=True)
    done = models.TextField("已做工作")
    difficulty = models.TextField("困难和建议", blank=True)
    finishes = models.BooleanField("报完成", default=False)
    organisation = TenantForeignKey(Organisation, related_name="+", verbose_name="填报单位")
    by_name = models.CharField("填报人", max_length=40)
    at = models.DateTimeField("填报时间", auto_now_add=True)

    wall = Wall(by="unit", **HISTORY)

    class Meta:
        verbose_name = verbose_name_plural = "任务进展"
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "key"], name="task_report_key_once"),
            models.CheckConstraint(condition=Q(percent=None) | Q(percent__lte=100), name="a_report_goes_to_100"),
        ]
        indexes = [models.Index(fields=["tenant", "task", "-id"], name="report_by_task")]

    def __str__(self):
        return f"任务{self.task_id}进展 {self.on}"


class TaskFile(TaskOwned):
    """进展佐证: a photo or PDF kept as received, with its digest."""

    task = TaskForeignKey(Task, related_name="files")
    report = TenantForeignKey(TaskReport, related_name="files")
    filename = models.CharField("文件名", max_length=200)
    content_type = models.CharField(max_length=40)
    digest = models.CharField("SM3", max_length=64)
    by_name = models.CharField("上传人", max_length=40)
    at = models.DateTimeField("上传时间", auto_now_add=True)

    wall = Wall(by="unit", **HISTORY)

    class Meta:
        verbose_name = verbose_name_plural = "任务佐证"
        ordering = ["id"]
        constraints = [
            # A file sent again over a bad network is the same file.
            models.UniqueConstraint(fields=["tenant", "report", "digest"], name="task_file_once")
        ]


class Goal(TenantModel):
    """目标 of the plan: a number to be reached or kept, and where its present value comes from."""

    class Direction(models.TextChoices):
        AT_LEAST = "at_least", "不低于"
        AT_MOST = "at_most", "不高于"

    name = models.CharField("目标", max_length=80)
    direction = models.CharField("方向", max_length=8, choices=Direction)
    target = models.DecimalField("目标值", max_digits=12, decimal_places=2)
    measured_in = models.CharField("单位", max_length=10)
    # A key of campaign/goal_figures.py; blank where its value is entered by hand.
    figure = models.CharField("取数", max_length=24, blank=True)
    due = models.DateField("达到期限")
    note = models.CharField("说明", max_length=300, blank=True)
    withdrawn_on = models.DateField("撤销日期", null=True, blank=True)
    revision = models.PositiveIntegerField(default=1)

    wall = Wall(by="tenant", city="raw", **READ_BY_STAFF)

    class Meta:
        verbose_name = verbose_name_plural = "目标"
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], condition=Q(withdrawn_on=None), name="goal_once")
        ]

    def __str__(self):
        return self.name

    def met_by(self, value) -> bool:
        return value >= self.target if self.direction == self.Direction.AT_LEAST else value <= self.target


class GoalValue(TenantModel):
    """人工填报的目标现值: with its day and grounds; the newest stands and the others stay."""

    goal = TenantForeignKey(Goal, related_name="values")
    value = models.DecimalField("现值", max_digits=12, decimal_places=2)
    on = models.DateField("截至日期")
    grounds = models.CharField("依据", max_length=300)
    by_name = models.CharField("填报人", max_length=40)
    at = models.DateTimeField("填报时间", auto_now_add=True)

    wall = Wall(by="tenant", city="ra", **READ_BY_STAFF)

    class Meta:
        verbose_name = verbose_name_plural = "目标现值"
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["tenant", "goal", "-on", "-id"], name="value_by_goal")]
