"""Chinese for what the trail keeps in codes. Each app says its own actions as `audit_words` in its AppConfig."""

from functools import cache

from django.apps import apps

# What a record says beside its action: the names under which changes are kept.
PARTS = {
    "account": "账号",
    "added": "新增次数",
    "answers": "结论",
    "avoided": "回避",
    "by": "签收人",
    "categories": "类别",
    "code": "检查项",
    "codes": "检查项",
    "columns": "列对应",
    "created": "新增",
    "day": "日期",
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
    "first": "主办人员",
    "from": "原为",
    "grade": "等级",
    "hazards": "隐患",
    "holder": "持证人",
    "issuer": "发证机关",
    "items": "项数",
    "kind": "种类",
    "leads": "负责人",
    "level": "级别",
    "method": "方式",
    "month": "月份",
    "name": "姓名",
    "note": "说明",
    "number": "证号",
    "on": "日期",
    "own": "自编项",
    "path": "地址",
    "pdf": "PDF 摘要 SM3",
    "people": "人员数",
    "person": "人员",
    "phase": "阶段",
    "phone": "电话",
    "plants": "企业数",
    "post": "职务",
    "query": "企业范围的条件",
    "reason": "理由",
    "registered_on": "登记系统更新日期",
    "rejected": "未导入",
    "result": "结果",
    "review_due": "应复审日期",
    "role": "角色",
    "rows": "行数",
    "scope_words": "企业范围",
    "second": "协办人员",
    "seed": "种子",
    "size": "抽取家数",
    "source": "来源",
    "starts": "起始日期",
    "template": "模板",
    "template_id": "模板",
    "their": "对方的计划检查",
    "themes": "主题",
    "title": "名称",
    "to": "改为",
    "unchanged": "不变",
    "updated": "更新",
    "valid_from": "有效期自",
    "valid_until": "有效期至",
    "version": "版次",
    "visits": "检查次数",
    "visits_a_year": "每年次数",
    "with": "联合单位",
    "withdrawn": "撤回次数",
    "year": "年度",
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
