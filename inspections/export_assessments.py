"""评估覆盖 as a workbook."""

from inspections.filters import AssessedFilter
from inspections.queries.assessments import ASSESSED_SORTS, to_assess
from portal.exports.registry import Export, register

HEADERS = ["企业名称", "统一社会信用代码", "所属县区", "风险等级", "本期评估", "最近评估报告"]


def line(enterprise) -> list:
    done = "已评估" if enterprise.assessed else "未评估"
    return [
        enterprise.name, enterprise.code, enterprise.district.name, enterprise.get_grade_display(), done,
        enterprise.last_report,
    ]  # fmt: skip


def register_assessment_exports() -> None:
    register(
        Export(
            "assessment_coverage",
            "评估覆盖",
            "assessments.coverage",
            to_assess,
            AssessedFilter,
            ASSESSED_SORTS,
            HEADERS,
            line,
        )
    )
