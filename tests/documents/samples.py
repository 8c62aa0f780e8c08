"""Invented documents and photos to print."""

import io

from PIL import Image

SIGNERS = [
    {"name": "王㛃", "certificate_no": "36010012001"},
    {"name": "李䶮", "certificate_no": "36010012002"},
]
COMMON = {
    "organisation": "江南区应急管理局",
    "addressee": "江州甲化工有限公司",
    "issued_on": "2026-11-23",
    "signers": SIGNERS,
    "verify_url": "https://portal.example.cn/verify/Zk3vX0q9T1uYw2aBcDeFgA/",
    "verify_code": "Zk3vX0q9T1uYw2aBcDeFgA",
    "digest": "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
}
ITEM = {
    "description": "甲醇储罐区V-101储罐高高液位联锁处于旁路状态，未办理联锁变更审批手续，现场无补偿措施",
    "basis": "《危险化学品企业安全风险隐患排查治理导则》（应急〔2019〕78号）；《中华人民共和国安全生产法》第三十六条",
    "requirement": "立即投用该联锁；确需旁路的，按联锁管理制度办理审批并落实补偿措施",
    "deadline": "2026-12-07",
    "level": "重大",
    "place": "甲醇罐区",
}
PLAIN_ITEM = {
    "description": "二车间东侧安全出口堆放包装桶，疏散通道不畅",
    "basis": "《中华人民共和国消防法》第二十八条",
    "requirement": "清除堆放物，保持疏散通道和安全出口畅通",
    "deadline": "2026-11-30",
    "level": "一般",
}


def order(**changes):
    return {
        **COMMON,
        "number": "（江南）应急责改〔2026〕12号",
        "found_on": "2026-11-20",
        "items": [ITEM, PLAIN_ITEM],
    } | changes


def opinion(**changes):
    return {
        **COMMON,
        "number": "（江南）应急复查〔2026〕7号",
        "issued_on": "2026-12-08",
        "order_number": "（江南）应急责改〔2026〕12号",
        "order_issued_on": "2026-11-23",
        "items": [
            {
                "position": 2,
                "description": PLAIN_ITEM["description"],
                "requirement": PLAIN_ITEM["requirement"],
                "deadline": "2026-11-30",
                "submitted_on": "2026-12-01",
                "late": True,
                "result": "包装桶已全部移出，通道畅通",
            }
        ],
        "opinion": "经复查，上述隐患已整改到位",
    } | changes


def measures(**changes):
    return {
        **COMMON,
        "number": "（江南）应急现决〔2026〕3号",
        "items": [{name: ITEM[name] for name in ("description", "place", "level")}],
        "basis": "《中华人民共和国安全生产法》第六十五条第一款第三项",
        "reach": "甲醇罐区V-101储罐",
        "measures": "立即停止V-101储罐收发作业，撤出作业人员，采取安全防范措施",
        "until": "2027-05-24",
    } | changes


def record(**changes):
    return {
        **COMMON,
        "number": "（江南）应急检记〔2026〕31号",
        "issued_on": "2026-11-20",
        "address": "江州市江南区化工园区纬三路18号",
        "representative": "赵堃",
        "position": "总经理",
        "phone": "0790-0000000",
        "place": "甲醇罐区、二车间、中央控制室",
        "met_with": "钱喆（安全总监）",
        "started_at": "2026-11-20T01:05:00+00:00",
        "ended_at": "2026-11-20T11:40:00+08:00",
        "situation": "检查组查阅了特殊作业票证、联锁台账和交接班记录，现场检查了甲醇罐区、二车间和中央控制室",
        "items": [{"description": ITEM["description"], "basis": ITEM["basis"], "level": "重大", "place": "甲醇罐区"}],
    } | changes


def plan(**changes):
    said = {"on": "2026-11-18", "opinion": "同意"}
    return {
        **COMMON,
        "number": "（江南）应急检查〔2026〕9号",
        "issued_on": "2026-11-18",
        "address": "江州市江南区化工园区纬三路18号",
        "planned_from": "2026-11-20",
        "planned_to": "2026-11-21",
        "place": "甲醇罐区、二车间、中央控制室",
        "contents": "特殊作业票证；联锁投用和变更；罐区紧急切断阀",
        "manner": "查阅资料、现场检查、询问人员",
        "tasks": [{"name": "王㛃", "task": "现场检查"}, {"name": "李䶮", "task": "查阅资料、填写记录"}],
        "drafted": said | {"name": "王㛃", "on": "2026-11-16", "opinion": "拟于11月20日检查"},
        "reviewed": said | {"name": "周喆"},
        "approved": said | {"name": "吴镕"},
    } | changes


def receipt(**changes):
    return {
        **COMMON,
        "number": "（江南）应急回〔2026〕5号",
        "issued_on": "2026-11-24",
        "served": {
            "title": "责令限期整改指令书",
            "number": "（江南）应急责改〔2026〕12号",
            "issued_on": "2026-11-23",
        },
        "manner": "直接送达",
        "served_at": "2026-11-24T09:30:00+08:00",
        "place": "江州市江南区化工园区纬三路18号",
        "receipt": {"name": "孙翀", "on": "2026-11-24"},
    } | changes


def picture(width=1600, height=1200, kind="JPEG", colour="steelblue", orientation=None) -> bytes:
    """A plain picture whose upper left corner is red, so that turning can be seen."""
    image = Image.new("RGB", (width, height), colour)
    image.paste("red", (0, 0, width // 4, height // 4))
    exif = Image.Exif()
    if orientation:
        exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, kind, exif=exif)
    return out.getvalue()


KINDS = {
    "rectification_order": order,
    "onsite_measures": measures,
    "recheck_opinion": opinion,
    "inspection_record": record,
    "inspection_plan": plan,
    "delivery_receipt": receipt,
}
