"""Chinese for what the trail keeps in codes. Each app says its own actions as `audit_words` in its AppConfig."""

from functools import cache

from django.apps import apps

# What a record says beside its action: the names under which changes are kept.
PARTS = {
    "account": "账号",
    "by": "签收人",
    "categories": "类别",
    "code": "检查项",
    "columns": "列对应",
    "created": "新增",
    "deadline": "期限",
    "description": "描述",
    "digest": "摘要 SM3",
    "districts": "区县",
    "edition": "版本",
    "ends": "结束日期",
    "evidence": "附件",
    "fault": "故障",
    "fields": "改动",
    "file": "文件",
    "from": "原为",
    "kind": "种类",
    "leads": "负责人",
    "level": "级别",
    "holder": "持证人",
    "issuer": "发证机关",
    "method": "方式",
    "name": "姓名",
    "note": "说明",
    "number": "证号",
    "path": "地址",
    "pdf": "PDF 摘要 SM3",
    "person": "人员",
    "phase": "阶段",
    "phone": "电话",
    "post": "职务",
    "reason": "理由",
    "registered_on": "登记系统更新日期",
    "rejected": "未导入",
    "review_due": "应复审日期",
    "role": "角色",
    "rows": "行数",
    "source": "来源",
    "starts": "起始日期",
    "title": "名称",
    "to": "改为",
    "unchanged": "不变",
    "updated": "更新",
    "valid_from": "有效期自",
    "valid_until": "有效期至",
}


@cache
def actions() -> dict[str, str]:
    """Every action that can stand in the trail, code → Chinese, in the order of the apps."""
    words: dict[str, str] = {}
    for config in apps.get_app_configs():
        words |= getattr(config, "audit_words", {})
    return words


def action_name(code: str) -> str:
    """The action in Chinese; a code no app names any more is shown as it was kept."""
    return actions().get(code, code)


def part_name(code: str) -> str:
    return PARTS.get(code, code)
