"""外出检查文件: what a device without signal saved to a file, read as the API would have read it piece by piece."""

import base64
import binascii
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rest_framework import serializers

from inspections.actions import field
from inspections.api_field import FieldVisitSerializer
from inspections.models_field import FieldRecord
from portal.audit.record import note as audit
from portal.permissions import demand
from portal.refusals import BadInput, Refused
from portal.sm3 import sm3
from portal.tenancy.scope import who

MOST_BYTES = 200 * 2**20
KIND = "field-visits"


class CarriedFileSerializer(serializers.Serializer):
    key = serializers.UUIDField()
    name = serializers.CharField(allow_blank=True, max_length=200)
    base64 = serializers.CharField()


class CarriedVisitSerializer(serializers.Serializer):
    name = serializers.CharField(allow_blank=True, max_length=120)
    # The very bytes whose SM3 the device will compare.
    body = serializers.CharField(trim_whitespace=False)
    files = CarriedFileSerializer(many=True, max_length=200)


class CarriedDraftSerializer(serializers.Serializer):
    """A visit that was not finished: read to be shown, and kept nowhere."""

    name = serializers.CharField(allow_blank=True, max_length=120)
    began_at = serializers.DateTimeField()
    visit = serializers.DictField()
    files = serializers.ListField(child=serializers.DictField(), max_length=200)

    def validate_visit(self, visit):
        answers, extras = visit.get("answers"), visit.get("extras")
        if not isinstance(answers, dict) or not isinstance(extras, list):
            raise serializers.ValidationError("no visit of a device")
        if not all(isinstance(one, dict) for one in (*answers.values(), *extras)):
            raise serializers.ValidationError("no answers of a device")
        return visit


class CarriedSerializer(serializers.Serializer):
    kind = serializers.ChoiceField(choices=[KIND])
    person = serializers.IntegerField(min_value=1)
    name = serializers.CharField(allow_blank=True, max_length=120)
    visits = CarriedVisitSerializer(many=True, max_length=100)
    # Files of an older page have none.
    drafts = CarriedDraftSerializer(many=True, max_length=100, required=False, default=list)


@dataclass
class Brought:
    """What became of one visit in the file."""

    name: str
    record: FieldRecord | None = None
    pictures: int = 0
    fault: str = ""


@dataclass
class Unfinished:
    """What an inspector had written of a visit so far. No record: nobody has finished or signed it, and the portal keeps none."""

    name: str
    began_at: datetime
    answered: int
    found: list[str]
    files: int


@dataclass
class Home:
    """What a file held."""

    visits: list[Brought]
    unfinished: list[Unfinished]


def bring_home(content: bytes) -> Home:
    """Take in every visit of the file with its pictures, each as its own inspector; what is refused is named, the rest is kept.
    A visit that is not finished is told, and never made a record of.

    Sent twice, or sent by the device as well, each is one. Raises BadInput where it is no such file.
    """
    demand("visits.import")
    told = read(content)
    counted = {name: len(told[name]) for name in ("visits", "drafts")}
    audit("field.import", None, {"sm3": sm3(content)} | counted, label=told["name"])
    return Home([one_of(told, visit) for visit in told["visits"]], [unfinished(draft) for draft in told["drafts"]])


def unfinished(draft: dict[str, Any]) -> Unfinished:
    answers, extras = draft["visit"]["answers"], draft["visit"]["extras"]
    found = [one for one in (*answers.values(), *extras) if one.get("verdict", "not_ok") == "not_ok"]
    words = [str(one.get("description") or "").strip()[:2000] or "（还没有写情况）" for one in found]
    return Unfinished(draft["name"], draft["began_at"], len(answers) + len(extras), words, len(draft["files"]))


def read(content: bytes) -> dict[str, Any]:
    if len(content) > MOST_BYTES:
        raise BadInput(f"文件超过{MOST_BYTES // 2**20}MB，请在设备上分几次导出。", field="file")
    try:
        carried = CarriedSerializer(data=json.loads(content))
        carried.is_valid(raise_exception=True)
    except (ValueError, serializers.ValidationError, RecursionError) as error:
        raise BadInput("这不是外出检查导出的文件，或者文件不完整。请在设备上重新导出。", field="file") from error
    return carried.validated_data


def one_of(told: dict[str, Any], visit: dict[str, Any]) -> Brought:
    brought = Brought(visit["name"])
    by = who().person_name
    body = visit["body"].encode()
    try:
        sent = FieldVisitSerializer(data=json.loads(body))
        if not sent.is_valid():
            raise BadInput("记录的内容有误，请在设备上打开这次检查核对。")
        with field.brought_home(told["person"]):
            brought.record = field.receive_visit(sent.validated_data, sm3(body), brought_by=by)
            brought.pictures = pictures(visit["files"])
    except field.Changed as changed:
        brought.fault = f"{changed.sentence}请在设备联网后对照决定，再重新导出或发送。"
    except (Refused, ValueError) as refusal:
        brought.fault = getattr(refusal, "sentence", "记录读不出，请在设备上重新导出。")
    return brought


def pictures(files: Iterable[dict[str, Any]]) -> int:
    taken = 0
    for one in files:
        try:
            content = base64.b64decode(one["base64"], validate=True)
            field.receive_picture(one["key"], content, one["name"])
            taken += 1
        except (binascii.Error, ValueError) as error:
            raise BadInput(f"照片“{one['name'][:60]}”读不出，请在设备上重新导出。") from error
    return taken
