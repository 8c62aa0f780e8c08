"""The demo's invented people: who logs in as what. Every password is PASSWORD, shown on the login page in the demo only."""

from dataclasses import dataclass, field

PASSWORD = "Demo-2026-portal"
CITY, OTHER_CITY = "江州市", "澄川市"
DISTRICTS = {
    CITY: ["江南区", "江北区", "滨海县", "云溪县", "石化工业园区"],
    OTHER_CITY: ["澄东区", "澄西县"],
}


@dataclass(frozen=True)
class Someone:
    login: str
    name: str
    role: str
    unit: str = ""
    more: dict = field(default_factory=dict)

    @property
    def shown_as(self) -> str:
        titles = {
            "office": "领导小组办公室",
            "department": "市级部门",
            "inspector": "区县监管执法人员",
            "expert": "评估专家",
            "officer": "企业安全员",
            "auditor": "审计管理员",
            "sysadmin": "系统管理员",
            "secadmin": "安全管理员",
        }
        return f"{titles[self.role]} {self.name}" + ("（负责人）" if self.more.get("leads") else "")


OFFICE = f"{CITY}专项整治领导小组办公室"
BUREAU = {district: f"{district}应急管理局" for district in DISTRICTS[CITY]}

STAFF = [
    Someone("office", "林晓岚", "office", OFFICE),
    Someone("office2", "郑国栋", "office", OFFICE, {"leads": True}),
    Someone("dept", "何书琴", "department", f"{CITY}应急管理局", {"sectors": ["hazchem", "chemical", "pharma"]}),
    Someone("jiangnan1", "陈立新", "inspector", BUREAU["江南区"]),
    Someone("jiangnan2", "苏婉清", "inspector", BUREAU["江南区"]),
    Someone("jiangnan0", "顾长河", "inspector", BUREAU["江南区"], {"leads": True}),
    Someone("jiangbei1", "韩启明", "inspector", BUREAU["江北区"]),
    Someone("jiangbei2", "吕思远", "inspector", BUREAU["江北区"]),
    Someone("binhai1", "许海潮", "inspector", BUREAU["滨海县"]),
    Someone("binhai2", "丁雨薇", "inspector", BUREAU["滨海县"]),
    Someone("yunxi1", "罗山峰", "inspector", BUREAU["云溪县"]),
    Someone("yunxi2", "叶青禾", "inspector", BUREAU["云溪县"]),
    Someone("park1", "方正平", "inspector", BUREAU["石化工业园区"]),
    Someone("park2", "梁若水", "inspector", BUREAU["石化工业园区"]),
    Someone("auditor", "钱守真", "auditor", f"{CITY}信息中心"),
    Someone("sysadmin", "施维安", "sysadmin", f"{CITY}信息中心"),
    Someone("secadmin", "安静怡", "secadmin", f"{CITY}信息中心"),
]
OTHER_STAFF = [
    Someone("cc_office", "白云飞", "office", f"{OTHER_CITY}专项整治领导小组办公室"),
    Someone("cc_inspector1", "江映月", "inspector", "澄东区应急管理局"),
    Someone("cc_inspector2", "马千里", "inspector", "澄东区应急管理局"),
]
# The officer people try the portal as, and the expert assigned to the same plant.
OFFICER, EXPERT, OTHER_OFFICER = "officer", "expert", "cc_officer"

SHOWN = [
    "office",
    "dept",
    "jiangnan1",
    "jiangnan2",
    "jiangnan0",
    OFFICER,
    EXPERT,
    "auditor",
    "sysadmin",
    "secadmin",
    "cc_office",
]
