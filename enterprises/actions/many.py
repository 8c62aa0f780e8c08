"""批量办理 of enterprises: which verbs there are (portal.bulk does them)."""

from collections.abc import Mapping
from typing import Any

from enterprises.actions.diagnosis import start_sheet
from enterprises.actions.facts import edit_facts
from enterprises.actions.grades import decide_grade
from enterprises.models import Enterprise
from portal.bulk import Bulk, Verb
from portal.refusals import Refused


def change_fact(pk: int, told: Mapping[str, Any]) -> None:
    if not edit_facts(pk, dict(told)):
        raise Refused("已经是这样，没有改动。")


BULK = Bulk(
    "enterprises.bulk",
    lambda: Enterprise.objects.select_related("district"),
    "企业",
    "家",
    {
        "grade": Verb("确定风险等级", "enterprises.grade", lambda pk, told: decide_grade(pk, **told)),
        "sector": Verb("修改行业类别", "enterprises.edit", change_fact),
        "kind": Verb("修改企业类型", "enterprises.edit", change_fact),
        "district": Verb("迁移到别的区县", "enterprises.move", change_fact),
        "diagnosis": Verb("开始诊断分级", "diagnosis.fill", lambda pk, told: start_sheet(pk)),
    },
)
