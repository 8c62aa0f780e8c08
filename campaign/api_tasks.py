"""任务, 目标 and 领导小组 over the API: the pages' filter and the same verbs and refusals."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from campaign import queries_tasks as read
from campaign import rules_tasks as rules
from campaign.actions import goals as goal_verbs
from campaign.actions import tasks as verbs
from campaign.filters_tasks import TaskFilter
from campaign.goal_figures import FIGURES
from campaign.models import Goal, GoalValue, GroupMember, Milestone, Task, TaskFile, TaskReport, TaskStep
from campaign.queries_goals import Standing, standings
from portal.api import Asks
from portal.refusals import BadInput
from portal.uploads.actions import finished


class MilestoneSerializer(serializers.ModelSerializer):
    late_days = serializers.IntegerField(read_only=True)

    class Meta:
        model = Milestone
        fields = ("id", "title", "due", "reached_on", "reached_by", "late_days")
        read_only_fields = fields


class TaskFileSerializer(serializers.ModelSerializer):
    url = serializers.SerializerMethodField(help_text="显示用副本，不含元数据；?w=320 或 1280")
    original_url = serializers.SerializerMethodField(help_text="收到时的原件，以附件下载")

    class Meta:
        model = TaskFile
        fields = ("id", "report", "filename", "content_type", "digest", "by_name", "at", "url", "original_url")
        read_only_fields = fields

    def get_url(self, file) -> str:
        return reverse("task_file", args=[file.task_id, file.pk])

    def get_original_url(self, file) -> str:
        return reverse("task_original", args=[file.task_id, file.pk])


class TaskReportSerializer(serializers.ModelSerializer):
    class Meta:
        model = TaskReport
        fields = ("id", "key", "on", "percent", "done", "difficulty", "finishes", "organisation", "by_name", "at")
        read_only_fields = fields


class TaskStepSerializer(serializers.ModelSerializer):
    """One line of its history; `changes` gives the field's name → [old, new]."""

    class Meta:
        model = TaskStep
        fields = ("id", "verb", "note", "changes", "by_name", "by_unit", "at")
        read_only_fields = fields


class TaskSerializer(serializers.ModelSerializer):
    unit_name = serializers.CharField(source="unit.name", read_only=True)
    phase_name = serializers.CharField(source="phase.name", read_only=True)
    late_days = serializers.IntegerField(read_only=True)
    verbs = serializers.SerializerMethodField(help_text="what the acting person may do to it now")

    class Meta:
        model = Task
        fields = (
            "id", "key", *verbs.FACTS, "unit_name", "phase_name", "first_due", "state", "percent", "late_days", "by_name",
            "made_at", "handed_on", "done_on", "confirmed_on", "revision", "verbs",
        )  # fmt: skip
        read_only_fields = fields

    def get_verbs(self, task) -> list[str]:
        return [*read.unit_verbs(task), *read.office_verbs(task)]


class TaskDetailSerializer(TaskSerializer):
    milestones = MilestoneSerializer(many=True, read_only=True)
    reports = TaskReportSerializer(many=True, read_only=True)
    files = TaskFileSerializer(many=True, read_only=True)
    steps = TaskStepSerializer(many=True, read_only=True)

    class Meta(TaskSerializer.Meta):
        fields = (*TaskSerializer.Meta.fields, "milestones", "reports", "files", "steps")
        read_only_fields = fields


class TaskRevision(serializers.Serializer):
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class TaskNoted(TaskRevision):
    note = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class TaskReasoned(TaskRevision):
    note = serializers.CharField(max_length=500)


class TaskPostponed(TaskReasoned):
    due = serializers.DateField()


class TaskReassigned(TaskReasoned):
    unit = serializers.IntegerField(min_value=1, max_value=2**62)
    responsible = serializers.CharField(max_length=40, required=False, allow_blank=True, default="")


class TaskMilestone(serializers.Serializer):
    due = serializers.DateField()
    title = serializers.CharField(max_length=120)


class TaskFacts(serializers.Serializer):
    title = serializers.CharField(max_length=120)
    what = serializers.CharField(max_length=4000)
    phase = serializers.IntegerField(min_value=1, max_value=2**62)
    clause = serializers.ChoiceField(list(rules.CLAUSES.items()))
    unit = serializers.IntegerField(min_value=1, max_value=2**62)
    assisting = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**62), required=False, default=list, max_length=100
    )
    responsible = serializers.CharField(max_length=40)
    starts = serializers.DateField()
    due = serializers.DateField()
    milestones = serializers.ListField(child=TaskMilestone(), required=False, default=list, max_length=50)


class NewTask(TaskFacts):
    key = serializers.UUIDField(required=False, default=None, help_text="客户端自定的编号：重发不会重复")


class TaskChange(TaskFacts, TaskNoted):
    pass


class TaskFinish(TaskRevision):
    key = serializers.UUIDField(required=False, default=None, help_text="客户端自定的编号：重发不会重复")
    on = serializers.DateField(required=False, allow_null=True, default=None)
    done = serializers.CharField(max_length=4000)
    difficulty = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class TaskProgress(TaskFinish):
    percent = serializers.IntegerField(
        min_value=0,
        max_value=100,
        required=False,
        allow_null=True,
        default=None,
        help_text="责任单位必填，配合单位不填",
    )


class TaskReach(TaskRevision):
    milestone = serializers.IntegerField(min_value=1, max_value=2**62)
    on = serializers.DateField(required=False, allow_null=True, default=None)


class TaskUpload(serializers.Serializer):
    report = serializers.IntegerField(min_value=1, max_value=2**62)
    file = serializers.FileField(required=False, help_text="JPEG、PNG、WebP、HEIC 或 PDF，不超过 15 MB")
    upload = serializers.UUIDField(required=False, help_text="已经断点续传完的文件的编号（tus 1.0，/api/v1/uploads/）")


def pairs(milestones) -> list[tuple]:
    return [(one["due"], one["title"]) for one in milestones]


class TaskViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """任务. POST …/{verb}/ runs one verb; what the state does not allow answers 409 and changes nothing."""

    queryset = read.listed().order_by("-id")
    filterset_class = TaskFilter
    needs = {"default": "tasks.view", "create": "tasks.manage", "files": "tasks.report"} | verbs.NEEDS

    def get_serializer_class(self):
        return TaskSerializer if self.action == "list" else TaskDetailSerializer

    def answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        fresh = read.listed().prefetch_related("milestones", "reports", "files", "steps").get(pk=pk)
        return Response(TaskDetailSerializer(fresh).data, status=code)

    @extend_schema(request=NewTask, responses={201: TaskDetailSerializer})
    def create(self, request):
        asked = self.checked(NewTask)
        key, milestones = asked.pop("key"), pairs(asked.pop("milestones"))
        return self.answer(verbs.plan(asked, milestones, key=key).pk, status.HTTP_201_CREATED)

    @extend_schema(request=TaskChange)
    @action(detail=True, methods=["post"])
    def change(self, request, pk=None):
        asked = self.asked(TaskChange)
        milestones, note, revision = pairs(asked.pop("milestones")), asked.pop("note"), asked.pop("revision")
        return self.answer(verbs.change(int(pk), asked, note, milestones, revision=revision).pk)

    @extend_schema(request=TaskNoted)
    @action(detail=True, methods=["post"])
    def hand(self, request, pk=None):
        return self.run(verbs.hand, pk, TaskNoted)

    @extend_schema(request=TaskNoted)
    @action(detail=True, methods=["post"])
    def acknowledge(self, request, pk=None):
        return self.run(verbs.acknowledge, pk, TaskNoted)

    @extend_schema(request=TaskNoted)
    @action(detail=True, methods=["post"])
    def confirm(self, request, pk=None):
        return self.run(verbs.confirm, pk, TaskNoted)

    @extend_schema(request=TaskReasoned)
    @action(detail=True, methods=["post"])
    def send_back(self, request, pk=None):
        return self.run(verbs.send_back, pk, TaskReasoned)

    @extend_schema(request=TaskReasoned)
    @action(detail=True, methods=["post"])
    def cancel(self, request, pk=None):
        return self.run(verbs.cancel, pk, TaskReasoned)

    def run(self, verb, pk, kind) -> Response:
        asked = self.asked(kind)
        return self.answer(verb(int(pk), asked["note"], revision=asked["revision"]).pk)

    @extend_schema(request=TaskPostponed)
    @action(detail=True, methods=["post"])
    def postpone(self, request, pk=None):
        asked = self.asked(TaskPostponed)
        return self.answer(verbs.postpone(int(pk), asked["due"], asked["note"], revision=asked["revision"]).pk)

    @extend_schema(request=TaskReassigned)
    @action(detail=True, methods=["post"])
    def reassign(self, request, pk=None):
        asked = self.asked(TaskReassigned)
        unit, note = asked.pop("unit"), asked.pop("note")
        return self.answer(verbs.reassign(int(pk), unit, note, **asked).pk)

    @extend_schema(request=TaskProgress)
    @action(detail=True, methods=["post"])
    def report(self, request, pk=None):
        asked = self.asked(TaskProgress)
        return self.answer(verbs.report(int(pk), asked.pop("done"), **asked).task_id)

    @extend_schema(request=TaskFinish)
    @action(detail=True, methods=["post"])
    def finish(self, request, pk=None):
        asked = self.asked(TaskFinish)
        return self.answer(verbs.finish(int(pk), asked.pop("done"), **asked).task_id)

    @extend_schema(request=TaskReach)
    @action(detail=True, methods=["post"])
    def reach(self, request, pk=None):
        asked = self.asked(TaskReach)
        return self.answer(verbs.reach(int(pk), asked["milestone"], asked["on"], revision=asked["revision"]).task_id)

    @extend_schema(request=TaskUpload, responses={201: TaskDetailSerializer})
    @action(detail=True, methods=["post"], parser_classes=[MultiPartParser, JSONParser])
    def files(self, request, pk=None):
        asked = self.asked(TaskUpload)
        if ("file" in asked) == ("upload" in asked):
            raise BadInput("请发来一个文件，或者一个已传完的上传编号。", field="file")
        upload = asked["file"] if "file" in asked else finished(asked["upload"])
        verbs.add_file(int(pk), asked["report"], upload)
        return self.answer(int(pk), status.HTTP_201_CREATED)


class GoalSerializer(serializers.ModelSerializer):
    """A goal and how it stands; a counted value is of what the reader sees."""

    value = serializers.SerializerMethodField()
    on = serializers.SerializerMethodField()
    met = serializers.SerializerMethodField()
    definition = serializers.SerializerMethodField()
    link = serializers.SerializerMethodField(help_text="所数的记录；人工填报的为空")

    class Meta:
        model = Goal
        fields = (
            "id", "name", "direction", "target", "measured_in", "figure", "due", "note", "withdrawn_on", "revision", "value",
            "on", "met", "definition", "link",
        )  # fmt: skip
        read_only_fields = fields

    def standing(self, goal) -> Standing:
        known = self.context.setdefault("standings", {})
        if goal.pk not in known:
            found = self.parent.instance if self.parent is not None else [goal]
            known.update({one.goal.pk: one for one in standings(goals=list(found))})
        return known[goal.pk]

    @extend_schema_field(serializers.DecimalField(max_digits=12, decimal_places=2, allow_null=True))
    def get_value(self, goal):
        value = self.standing(goal).value
        return None if value is None else f"{value:f}"

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_on(self, goal):
        return self.standing(goal).on

    @extend_schema_field(serializers.BooleanField(allow_null=True))
    def get_met(self, goal):
        return self.standing(goal).met

    def get_definition(self, goal) -> str:
        return self.standing(goal).definition

    def get_link(self, goal) -> str:
        return self.standing(goal).link


class GoalFacts(serializers.Serializer):
    name = serializers.CharField(max_length=80)
    direction = serializers.ChoiceField(Goal.Direction.choices)
    target = serializers.DecimalField(max_digits=12, decimal_places=2)
    measured_in = serializers.CharField(max_length=10)
    figure = serializers.ChoiceField(
        [(key, named.label) for key, named in FIGURES.items()], required=False, allow_blank=True, default=""
    )
    due = serializers.DateField()
    note = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")


class GoalChange(GoalFacts):
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class NewGoalValue(serializers.Serializer):
    value = serializers.DecimalField(max_digits=12, decimal_places=2)
    on = serializers.DateField()
    grounds = serializers.CharField(max_length=300)


class GoalValueSerializer(serializers.ModelSerializer):
    class Meta:
        model = GoalValue
        fields = ("id", "goal", "value", "on", "grounds", "by_name", "at")
        read_only_fields = fields


class GoalReason(serializers.Serializer):
    note = serializers.CharField(max_length=500)


class GoalViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """目标, each with its present value."""

    queryset = Goal.objects.order_by("-id")
    serializer_class = GoalSerializer
    needs = {
        "default": "goals.view",
        "create": "goals.edit",
        "change": "goals.edit",
        "value": "goals.edit",
        "withdraw": "goals.edit",
    }

    @extend_schema(request=GoalFacts, responses={201: GoalSerializer})
    def create(self, request):
        return Response(
            GoalSerializer(goal_verbs.set_goal(self.checked(GoalFacts))).data, status=status.HTTP_201_CREATED
        )

    @extend_schema(request=GoalChange)
    @action(detail=True, methods=["post"])
    def change(self, request, pk=None):
        asked = self.asked(GoalChange)
        revision = asked.pop("revision")
        return Response(GoalSerializer(goal_verbs.set_goal(asked, int(pk), revision=revision)).data)

    @extend_schema(request=NewGoalValue, responses={201: GoalValueSerializer})
    @action(detail=True, methods=["post"])
    def value(self, request, pk=None):
        made = goal_verbs.enter_value(int(pk), **self.asked(NewGoalValue))
        return Response(GoalValueSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=GoalReason)
    @action(detail=True, methods=["post"])
    def withdraw(self, request, pk=None):
        return Response(GoalSerializer(goal_verbs.withdraw(int(pk), self.asked(GoalReason)["note"])).data)


class GroupMemberSerializer(serializers.ModelSerializer):
    class Meta:
        model = GroupMember
        fields = ("id", "post", "name", "unit", "duty", "starts", "ends", "basis", "revision")
        read_only_fields = fields


class GroupMemberFacts(serializers.Serializer):
    post = serializers.ChoiceField(GroupMember.Post.choices)
    name = serializers.CharField(max_length=40)
    unit = serializers.CharField(max_length=120)
    duty = serializers.CharField(max_length=300, required=False, allow_blank=True, default="")
    starts = serializers.DateField()
    ends = serializers.DateField(required=False, allow_null=True, default=None)
    basis = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")


class GroupMemberChange(GroupMemberFacts):
    revision = serializers.IntegerField(required=False, allow_null=True, default=None)


class GroupMemberViewSet(Asks, mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """领导小组成员, those who left as well."""

    queryset = GroupMember.objects.order_by("-id")
    serializer_class = GroupMemberSerializer
    needs = {"default": "group.view", "create": "group.edit", "change": "group.edit"}

    @extend_schema(request=GroupMemberFacts, responses={201: GroupMemberSerializer})
    def create(self, request):
        made = goal_verbs.set_member(self.checked(GroupMemberFacts))
        return Response(GroupMemberSerializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=GroupMemberChange)
    @action(detail=True, methods=["post"])
    def change(self, request, pk=None):
        asked = self.asked(GroupMemberChange)
        revision = asked.pop("revision")
        return Response(GroupMemberSerializer(goal_verbs.set_member(asked, int(pk), revision=revision)).data)


def register(router) -> None:
    router.register("tasks", TaskViewSet, basename="api-task")
    router.register("goals", GoalViewSet, basename="api-goal")
    router.register("leading-group", GroupMemberViewSet, basename="api-group-member")
