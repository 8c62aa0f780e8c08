"""Two years' templates side by side: what a difference of points cannot be laid to the one scored for. Pure."""

from collections.abc import Mapping
from typing import Any

from accountability.rules_score import KINDS, said

NAMES = {"bonus_cap": "加分上限", "veto_ceiling": "一票否决封顶分"}
# What a line is reckoned by.
RECKONED = ("kind", "weight", "formula", "figure", "empty")


def line_changed(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    """Whether the same value would be reckoned otherwise."""
    return any(now.get(name) != then.get(name) for name in RECKONED)


def differences(now: Mapping[str, Any], then: Mapping[str, Any]) -> list[str]:
    """In sentences, in the order of this year's lines; empty where both years were scored alike."""
    old = {line["key"]: line for line in then["lines"]}
    told = []
    for line in now["lines"]:
        before = old.pop(line["key"], None)
        if before is None:
            told.append(f"新增{KINDS[line['kind']]}“{line['label']}”：{said(line)}。")
        elif line_changed(line, before):
            words = f"“{line['label']}”计分办法有变：去年{said(before)}；今年{said(line)}。"
            if said(line) == said(before):
                words = f"“{line['label']}”的取数或没有应计事项时的办法有变。"
            told.append(words)
    told += [f"取消{KINDS[line['kind']]}“{line['label']}”（去年{said(line)}）。" for line in old.values()]
    told += [
        f"{words}去年{then[name]}分，今年{now[name]}分。" for name, words in NAMES.items() if now[name] != then[name]
    ]
    if now["grades"] != then["grades"]:
        bands = ["、".join(f"{name}{bound}分起" for name, bound in body["grades"]) for body in (then, now)]
        told.append(f"等次划分去年为{bands[0]}，今年为{bands[1]}。")
    return told
