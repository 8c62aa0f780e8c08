"""提升一批、淘汰一批 in the demo city: a dozen invented entries, each brought where it is by the verbs people use."""

from datetime import date, timedelta

from django.utils import timezone

from campaign.demo.history import at, photo
from enterprises.actions import transformation as verbs
from enterprises.models import Enterprise
from portal.tenancy.scope import Who, enter

# list, target, measure, days from being put on the list to its date, days since, and what has happened to it
ENTRIES = [
    ("upgrade", "完成硝化工序全流程自动化改造", "委托有资质的设计单位，增设安全仪表系统和紧急切断", 240, 60, ("progress",)),
    ("upgrade", "罐区更新为双重液位联锁", "更换液位计，接入园区监测预警平台", 45, 66, ("progress", "progress")),
    ("upgrade", "涉氯岗位机器换人", "自动灌装线替代人工灌装", 300, 20, ()),
    ("upgrade", "完成反应安全风险评估并落实建议措施", "委托评估机构，分三批整改", 50, 62, ("progress", "finish")),
    ("upgrade", "安全标准化由三级升二级", "对照标准逐项整改，申请评审", 180, 30, ("change",)),
    ("upgrade", "危险品仓库喷淋和防爆电气改造", "停用两座旧库，新建一座甲类库", 150, 50, ("progress", "drop")),
    ("phase_out", "关闭间歇法老旧装置", "停止生产、清空物料、拆除设备", 40, 64, ("progress", "finish")),
    ("phase_out", "退出城区，搬迁入园", "原址停产清空，园区新址已选定", 365, 40, ("progress",)),
    ("phase_out", "注销危险化学品生产许可，转为一般化工", "停用涉危工序并办理注销", 30, 58, ()),
    ("phase_out", "关停光气化工序", "市政府专题会议确定，依法关停", 35, 68, ("progress", "finish", "reopen")),
]  # fmt: skip
STEPS = ["已签订设计合同，设备已订货。", "主要设备已到货，正在安装。"]


def fill_lists(office: Who, plants: list[Enterprise], until: date) -> None:
    """One entry a plant, each step on a day of its own between being put on the list and `until`."""
    for number, (plant, (which, target, measure, length, since, acts)) in enumerate(zip(plants, ENTRIES, strict=False)):
        begun = until - timedelta(days=since)
        with at(begun, 9, number), enter(office):
            entry = verbs.put_on_list(
                plant.pk, list=which, target=target, measure=measure, due_on=begun + timedelta(days=length)
            )
        for turn, verb in enumerate(acts):
            day = begun + timedelta(days=8 * (turn + 1))
            with at(day, 15, number), enter(office):
                act(verb, entry.pk, turn, photo(700 + 10 * number + turn, mended=turn > 0, day=day))


def act(verb: str, pk: int, turn: int, picture) -> None:
    due = timezone.localdate() + timedelta(days=90)
    if verb == "progress":
        verbs.progress(pk, STEPS[turn % 2], picture)
    elif verb == "finish":
        verbs.finish(pk, "已通过现场验收，验收照片附后。", picture)
    elif verb == "drop":
        verbs.drop(pk, "企业整体搬迁，改列搬迁名单。")
    elif verb == "reopen":
        verbs.reopen(pk, "回访发现部分设备尚未拆除。", due)
    else:
        told = {"target": "安全标准化由三级升二级", "measure": "先完成重大隐患整改，再申请评审", "due_on": due}
        verbs.change(pk, told, "评审机构排期推迟。")
