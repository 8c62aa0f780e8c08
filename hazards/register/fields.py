"""The columns of a district's 隐患台账, and the headers they go by."""

from enterprises.ledger import FIELDS, Field, Vocabulary
from enterprises.ledger.normalise import fold

from . import values

DAY = r"(日期|时间|年月日)"
FITS_DAY = lambda value: values.day(value).value is not None  # noqa: E731
LATER = r"整改|复查|复核|验收|完成|期限|时限|销号|闭环|办结|填报|填表|上报|下达|录入|截止|限期|责令"

HAZARDS = Vocabulary(
    {
        "serial": FIELDS["serial"],
        "name": Field(
            "企业名称",
            (
                (
                    100,
                    r"(被检查|受检查?|存在隐患|隐患所属|隐患|所属|生产经营)?(企业|单位|公司)(\(单位\))?(全称|名称)",
                    "",
                ),
                (95, r"(被检查|受检查?|存在隐患|隐患|所属|生产经营)(企业|单位|公司)", ""),
                (80, r"名称|全称", r"企业|单位|公司"),
                (70, r"企业|单位|公司|受检方", ""),
            ),
            FIELDS["name"].fits,
            r"整改|责任|监管|主管|督办|复查|填报|来源|验收|设计|施工|评价|上级|集团|组织",
        ),
        "code": FIELDS["code"],
        "district": FIELDS["district"],
        "found_on": Field(
            "发现日期",
            (
                (100, rf"(隐患)?(发现|检查|排查|查出|巡查|执法检查|督查){DAY}", ""),
                (90, DAY, r"检查|发现|排查|隐患"),
                (60, DAY, "^$"),
            ),
            FITS_DAY,
            LATER,
        ),
        "description": Field(
            "隐患描述",
            (
                (
                    100,
                    r"(安全|事故|问题)?(隐患|问题)(具体)?(情况|描述|内容|名称|表述|详情|明细|简述|概况|事项|说明)+",
                    "",
                ),
                (
                    95,
                    r"(检查|排查)?(存在|发现|查出|查摆|主要)(的|主要|具体)*(安全)?(问题|隐患|问题隐患|隐患问题)(及|和|描述|情况|内容|隐患)*",
                    "",
                ),
                (85, r"(安全|事故|问题)?(隐患|问题)((及|和|/)(隐患|问题))?", ""),
                (80, r"(具体)?(描述|内容|情况|问题)", r"隐患|问题"),
                (60, r"(具体)?(描述|内容)", "^$"),
            ),
            lambda v: len(fold(v)) > 3,
            r"级别|等级|类别|类型|分类|性质|是否|数量|部位|地点|来源|依据|编号|整改|治理|措施|照片|图片|日期|时间|单位|责任|企业",
        ),
        "place": Field(
            "部位",
            (
                (
                    100,
                    r"(隐患|问题)?(所在|存在|发现|具体)*(的)?(部位|位置|地点|场所|区域|装置|车间)([/、及和](部位|设备|岗位|装置|位置))?(名称)?",
                    "",
                ),
            ),
            None,
            r"检查场所",
        ),
        "level": Field(
            "隐患级别",
            (
                (100, r"(事故|安全|问题)?(隐患)?(级别|等级|分级|定级|评级)", ""),
                (95, r"(事故|安全)?隐患(类别|分类|性质|类型)", ""),
                (
                    95,
                    r"是否(为|属于|构成|属)?重大(生产安全)?(事故)?隐患|重大隐患|(一般|重大)[/、或](一般|重大)(隐患)?",
                    "",
                ),
            ),
            lambda v: values.level(v, "是否重大隐患").value is not None,
            r"风险|危险源",
        ),
        "accident_type": Field(
            "可能事故类型",
            (
                (
                    100,
                    r"(可能)?(会)?(导致|引发|造成|发生|产生)?(的)?(事故|后果|事故后果)(类型|类别|种类)|可能(导致|引发|造成|发生)的?(事故|后果)",
                    "",
                ),
            ),
            None,
            r"隐患",
        ),
        "basis": Field(
            "依据",
            (
                (
                    100,
                    r"(检查|判定|法律|执法|违反|处理|隐患|认定)*(的)?(法律|法规|标准|规范|规定|依据|条款|法条)+(及|和)?(标准|规范|规定|依据|条款|条文|名称)*",
                    "",
                ),
            ),
            None,
            r"整改",
        ),
        "requirement": Field(
            "整改要求",
            (
                (100, r"(整改|处理|处置|治理)(要求|建议|意见|内容)", ""),
                (70, r"(整改|治理|防范|处置)措施((及|和|与)要求)?", ""),
            ),
        ),
        # Of these the words are kept, and nothing is done by them.
        "order": Field(
            "文书编号",
            (
                (
                    100,
                    r"(执法)?(文书|指令书|通知书|责令书|责改|整改通知书|整改指令书|责令(限期)?整改(指令书|通知书)?|指令)(编号|文号|号)|文号",
                    "",
                ),
            ),
            None,
            r"检查单|隐患编号",
        ),
        "deadline": Field(
            "整改期限",
            (
                (100, rf"(限期|要求|整改|治理|计划)*(整改|完成)*(的)?(期限|时限|限期|截止{DAY}|最后{DAY})", ""),
                (95, rf"(要求|计划|应|拟|限期|责令)(整改)?(完成|整改){DAY}", ""),
            ),
            None,
            r"实际|复查",
        ),
        "done_on": Field(
            "整改完成日期", ((100, rf"(实际)?(整改)?(完成|到位){DAY}|整改{DAY}|实际完成.*", ""),), None, r"计划|要求"
        ),
        "rechecked": Field("复查情况", ((100, r"(复查|复核|验收|核查)(人|人员|日期|时间|情况|结果|意见|结论)*", ""),)),
        "closed_on": Field("销号日期", ((100, rf"(隐患)?(销号|闭环|办结|关闭){DAY}", ""),), FITS_DAY),
        "state": Field(
            "整改状态",
            (
                (100, r"(隐患|问题|整改|当前|目前|办理|治理|销号|闭环|完成|落实)+(状态|进度|进展|情况|结果|现状)+", ""),
                (100, r"是否(已经?|按期|按时|全部)*(整改|治理|销号|闭环|完成|办结)+(到位|完毕|完成)*", ""),
                (80, r"状态|进度|进展|完成与否", ""),
            ),
            None,
            r"描述|内容|计划",
        ),
        "remark": FIELDS["remark"],
    },
    (frozenset({"name", "code"}), frozenset({"description"})),
)

# What becomes a fact of the hazard.
FACTS = (
    "serial",
    "name",
    "code",
    "district",
    "found_on",
    "description",
    "place",
    "level",
    "accident_type",
    "basis",
    "requirement",
)

# What the sheet says came after the finding. Its words begin the hazard's history, which its enterprise reads; whatever else
# a row says (who reported it, notes of the bureau's own) is kept with the import alone.
AFTERWARDS = ("order", "deadline", "done_on", "rechecked", "closed_on", "state")
