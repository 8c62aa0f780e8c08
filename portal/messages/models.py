"""The reminder ledger and the messages people read.

A reminder is one row per (subject, step, recipient, channel): due, sent, seen. What is due and not sent is sent, so
downtime only delays. The subject is named by kind and number; this floor does not know what it is.
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from portal.tenancy.models import OwnTenant, Person, TenantForeignKey, TenantModel
from portal.tenancy.wall import Wall


class Channel(models.TextChoices):
    IN_APP = "in_app", "站内"
    EMAIL = "email", "邮件"
    SMS = "sms", "短信"
    WECOM = "wecom", "企业微信"
    DINGTALK = "dingtalk", "钉钉"


class Message(TenantModel):
    """站内消息: one digest a person, day and subject; links to where the work is."""

    person = TenantForeignKey(Person, related_name="+")
    channel = models.CharField("渠道", max_length=8, choices=Channel, default=Channel.IN_APP)
    key = models.CharField(max_length=120, help_text="stable, so that a gateway can drop a repeat")
    title = models.CharField("标题", max_length=120)
    body = models.TextField("内容", blank=True)
    link = models.CharField("链接", max_length=200, blank=True)
    urgent = models.BooleanField("紧急", default=False)
    made_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField("送达", null=True, blank=True)
    seen_at = models.DateTimeField("已读", null=True, blank=True)
    tries = models.PositiveSmallIntegerField("尝试次数", default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField("失败原因", max_length=200, blank=True)
    # Not delivered and not tried again: its reader wants none by this channel, or somebody gave it up and said why.
    dropped_at = models.DateTimeField("不再发送", null=True, blank=True)
    dropped_why = models.CharField("不再发送的原因", max_length=200, blank=True, default="", db_default="")

    wall = Wall(
        by="person",
        city="raw",
        department="raw",
        district="raw",
        enterprise="raw",
        expert="raw",
        audit="raw",
        sysadmin="raw",
        secadmin="raw",
    )

    class Meta:
        verbose_name = verbose_name_plural = "消息"
        constraints = [models.UniqueConstraint(fields=["tenant", "person", "channel", "key"], name="message_once")]
        indexes = [
            models.Index(fields=["tenant", "person", "-made_at"], name="message_inbox"),
            models.Index(fields=["tenant", "next_try_at"], condition=Q(sent_at=None), name="message_unsent"),
            # What has gone out today by a channel with a cap.
            models.Index(
                fields=["tenant", "channel", "sent_at"], condition=~Q(channel="in_app"), name="message_outward"
            ),
        ]


class Preference(TenantModel):
    """接收设置: by which channels a person wants no messages, and at which hours none. In the portal they are always told."""

    person = TenantForeignKey(Person, related_name="+")
    off = ArrayField(
        models.CharField(max_length=8, choices=Channel), default=list, blank=True, verbose_name="不用的渠道"
    )
    quiet_from = models.PositiveSmallIntegerField("免打扰起（时）", null=True, blank=True)
    quiet_until = models.PositiveSmallIntegerField("免打扰止（时）", null=True, blank=True)

    wall = Wall(
        by="person",
        city="raw",
        department="raw",
        district="raw",
        enterprise="raw",
        expert="raw",
        audit="raw",
        sysadmin="raw",
        secadmin="raw",
    )

    class Meta:
        verbose_name = verbose_name_plural = "接收设置"
        constraints = [
            models.UniqueConstraint(fields=["tenant", "person"], name="preference_once"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__lt=24, quiet_until__lt=24),
                name="quiet_hours_are_hours",
            ),
        ]


class Reminder(TenantModel):
    """提醒台账. The largest table of all: what its other keys say as well is neither checked nor indexed again."""

    # (tenant, person) refers to a person, whose tenant is checked; every key of several columns begins with the tenant.
    tenant = OwnTenant(db_constraint=False, db_index=False)
    subject_kind = models.CharField(max_length=20)
    subject_id = models.BigIntegerField()
    subject_round = models.CharField(
        "期限", max_length=20, help_text="the deadline it speaks of, so that a new deadline starts anew"
    )
    step = models.SmallIntegerField("步", help_text="days after the deadline; negative before")
    person = TenantForeignKey(Person, related_name="+")
    channel = models.CharField("渠道", max_length=8, choices=Channel)
    line = models.CharField("摘要", max_length=300)
    link = models.CharField(max_length=200)
    due_on = models.DateField("应发日")
    sent_at = models.DateTimeField("已发", null=True, blank=True)
    message = TenantForeignKey(Message, null=True, blank=True, related_name="reminders")
    cancelled_at = models.DateTimeField("取消", null=True, blank=True)
    why = models.CharField("取消原因", max_length=60, blank=True, db_default="", default="")

    wall = Wall(by="person", city="raw", department="r", district="r", enterprise="r", audit="r")

    class Meta:
        verbose_name = verbose_name_plural = "提醒"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "subject_kind", "subject_id", "subject_round", "step", "person", "channel"],
                name="reminder_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_on"], condition=Q(sent_at=None, cancelled_at=None), name="reminder_waiting"
            ),
        ]


class Pulse(models.Model):
    """When something that runs by itself last ran; of the installation, with no city's business in it."""

    name = models.CharField(primary_key=True, max_length=60)
    at = models.DateTimeField()
    oldest = models.DateTimeField(null=True)
