"""What the smaller lists of this floor are as workbooks: their fields as they stand."""

from enterprises.filters import ImportFilter, PossibleDuplicateFilter, ProposalFilter, SheetFilter, UnitFilter
from enterprises.models import DiagnosisSheet, FactProposal, LedgerImport, PossibleDuplicate, Unit
from enterprises.queries import duplicates
from portal.exports.registry import Export, columns, register


def register_lists() -> None:
    headers, line = columns(
        Unit,
        ("企业", "enterprise.name"),
        ("统一社会信用代码", "enterprise.code"),
        ("区县", "district.name"),
        "name",
        "kind",
        "boundary",
        "declared_level",
        "judged",
        "level",
        "s",
        "r",
        "closed_on",
    )
    register(
        Export(
            "unit_list",
            "单元",
            "units.view",
            lambda: Unit.objects.select_related("enterprise", "district"),
            UnitFilter,
            {"r": "-r", "s": "-s", "name": "name"},
            headers,
            line,
        )
    )
    headers, line = columns(
        DiagnosisSheet,
        ("企业", "enterprise.name"),
        ("统一社会信用代码", "enterprise.code"),
        ("区县", "district.name"),
        "edition",
        "total",
        "grade",
        "state",
        "by_name",
        "made_at",
        "finished_on",
    )
    register(
        Export(
            "sheet_list",
            "诊断分级表",
            "diagnosis.view",
            lambda: DiagnosisSheet.objects.select_related("enterprise", "district"),
            SheetFilter,
            {"new": "-pk", "total": "total"},
            headers,
            line,
        )
    )
    headers, line = columns(
        FactProposal,
        ("企业", "enterprise.name"),
        ("统一社会信用代码", "enterprise.code"),
        ("区县", "district.name"),
        "reason",
        "state",
        "by_name",
        "made_at",
        "decided_by",
        "decided_at",
        "decision_note",
    )
    register(
        Export(
            "proposal_list",
            "信息变更申请",
            "facts.view",
            lambda: FactProposal.objects.select_related("enterprise", "district"),
            ProposalFilter,
            {"new": "-pk"},
            headers,
            line,
        )
    )
    headers, line = columns(
        LedgerImport,
        "filename",
        "sheet",
        "state",
        "done",
        "total",
        "fault",
        "by_name",
        ("导入时间", "created_at"),
        ("完成时间", "finished_at"),
        "digest",
    )
    register(
        Export(
            "import_list",
            "台账导入",
            "enterprises.import",
            lambda: LedgerImport.objects.defer("content", "verdict", "mapping"),
            ImportFilter,
            {"new": "-pk"},
            headers,
            line,
        )
    )
    headers, line = columns(
        PossibleDuplicate,
        ("企业一", "first.name"),
        ("信用代码一", "first.code"),
        ("企业二", "second.name"),
        ("信用代码二", "second.code"),
        "score",
        ("依据", lambda row: "；".join(map(str, row.reasons))),
    )
    register(
        Export(
            "duplicates",
            "疑似重复企业",
            "enterprises.merge",
            duplicates.pairs,
            PossibleDuplicateFilter,
            {"score": "-score", "new": "-pk"},
            headers,
            line,
        )
    )
