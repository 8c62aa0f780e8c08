"""表彰, 通报批评, 约谈, 问责: the way a measure goes, and what is typed as its grounds. Pure."""

import re

DRAFT, SUBMITTED, RETURNED, APPROVED = "draft", "submitted", "returned", "approved"
ISSUED, CLOSED, REVOKED, WITHDRAWN = "issued", "closed", "revoked", "withdrawn"
STATES = {
    DRAFT: "拟稿",
    SUBMITTED: "待审批",
    RETURNED: "已退回",
    APPROVED: "已批准待印发",
    ISSUED: "已印发",
    CLOSED: "已办结",
    REVOKED: "已撤销",
    WITHDRAWN: "已作废",
}
CHOICES = list(STATES.items())
VERBS = {
    "change": "修改",
    "submit": "报批",
    "approve": "批准",
    "return": "退回",
    "issue": "编号印发",
    "reply": "回复",
    "close": "办结",
    "revoke": "撤销",
    "withdraw": "作废",
}
# (state, verb) → state. What is not listed is refused.
MOVES = {
    (DRAFT, "change"): DRAFT,
    (RETURNED, "change"): DRAFT,
    (DRAFT, "submit"): SUBMITTED,
    (RETURNED, "submit"): SUBMITTED,
    (SUBMITTED, "approve"): APPROVED,
    (SUBMITTED, "return"): RETURNED,
    (APPROVED, "return"): RETURNED,
    (APPROVED, "issue"): ISSUED,
    (ISSUED, "reply"): ISSUED,
    (ISSUED, "close"): CLOSED,
    (ISSUED, "revoke"): REVOKED,
    (CLOSED, "revoke"): REVOKED,
    (DRAFT, "withdraw"): WITHDRAWN,
    (RETURNED, "withdraw"): WITHDRAWN,
    (SUBMITTED, "withdraw"): WITHDRAWN,
    (APPROVED, "withdraw"): WITHDRAWN,
}
# Numbered, sent and counted: what those concerned see.
OUT = (ISSUED, CLOSED, REVOKED)

GROUNDS = {"hazard": "隐患", "notice": "文书", "visit": "检查", "score": "考核得分"}
MOST_GROUNDS = 20
# 日 for a reply where the drafter says nothing else; no law numbers them, seven is ours.
REPLY_DAYS = 7
MOST_REPLY_DAYS = 90
# 日 before it is due, negative: when a reply is first spoken of.
FIRST_REMINDED = -3
REPLY_RULE = "本门户默认的回复期，由领导小组办公室在拟稿时确定"


class BadGround(ValueError):
    """A line of the grounds that names no record; the sentence says which."""


def verbs_in(state: str) -> list[str]:
    return [verb for (here, verb) in MOVES if here == state]


def grounds_in(text: str) -> list[tuple[str, str]]:
    """What is typed, a record a line (“隐患 123”, “文书 （江南）应急责改〔2026〕12号”), as (kind, number). Raises BadGround."""
    words = "|".join(GROUNDS.values())
    kinds = {word: kind for kind, word in GROUNDS.items()}
    found: list[tuple[str, str]] = []
    for n, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        match = re.fullmatch(rf"({words})\s*[：:#]?\s*(\S.*)", line.strip())
        if match is None:
            raise BadGround(f"第{n}行“{line.strip()[:30]}”看不懂，请写成“隐患 123”“文书 文号”“检查 45”或“考核得分 6”。")
        kind, number = kinds[match[1]], match[2].strip()
        if kind != "notice" and not re.fullmatch(r"[0-9]{1,15}", number):
            raise BadGround(f"第{n}行“{line.strip()[:30]}”的编号须是数字。")
        if (kind, number) not in found:
            found.append((kind, number))
    if len(found) > MOST_GROUNDS:
        raise BadGround(f"依据的记录最多{MOST_GROUNDS}条，请只列主要的。")
    return found
