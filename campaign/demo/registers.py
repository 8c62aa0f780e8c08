"""The demo city's registers of hazards found before the portal: one taken in, one waiting for the office to look at it."""

import io
from datetime import date, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

from campaign.demo.history import History
from enterprises.models import Enterprise
from hazards.actions import register
from portal.tenancy.scope import enter

HEAD = [
    "企业名称",
    "统一社会信用代码",
    "发现日期",
    "隐患描述",
    "部位",
    "隐患级别",
    "可能事故类型",
    "整改要求",
    "整改情况",
]
FOUND = [
    ("储罐区防火堤有贯穿裂缝", "罐区", "一般", "泄漏", "修补防火堤并做闭水试验"),
    ("配电间防爆电气失效一处", "二车间配电间", "一般", "爆炸", "更换防爆接线盒"),
    ("有毒气体报警器超过检定周期", "液氯库", "重大", "中毒", "立即送检，送检期间专人巡检"),
    ("消防水泵自动启动试验不合格", "消防泵房", "一般", "火灾", "检修联动柜，复测合格后报告"),
]


def workbook(name: str, plants: list[Enterprise], found_on: date) -> SimpleUploadedFile:
    book, out = Workbook(), io.BytesIO()
    book.active.append(HEAD)
    for number, (plant, (what, place, level, kind, must)) in enumerate(zip(plants, FOUND, strict=True)):
        state = "已整改完成" if number == 1 else "正在整改"
        book.active.append([plant.name, plant.code, found_on, what, place, level, kind, must, state])
    # As registers really are: a plant under a name nobody knows it by, and a date that is none.
    book.active.append(["江州老化肥厂", "", found_on, "氨罐安全阀未校验", "氨罐区", "一般", "中毒", "校验", ""])
    book.active.append([plants[0].name, "", "去年秋天", "装卸栈台静电接地松动", "栈台", "一般", "火灾", "紧固", ""])
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())


def bring_in(history: History, plants: list[Enterprise], today: date) -> None:
    """`plants`: twice as many as FOUND."""
    with enter(history.office):
        half = len(FOUND)
        taken = register.receive(workbook("江南区2026年上半年隐患台账.xlsx", plants[:half], today - timedelta(days=90)))
        register.confirm(taken.pk)
        register.receive(
            workbook("石化工业园区专项检查隐患台账.xlsx", plants[half : 2 * half], today - timedelta(days=20))
        )
