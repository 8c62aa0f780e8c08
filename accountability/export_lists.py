"""What the smaller lists of this floor are as workbooks: their fields as they stand."""

from accountability.filters import LeadFilter
from accountability.filters_measures import ProposalFilter
from accountability.models import Lead, Score
from accountability.queries.leads import LEAD_SORTS, listed
from accountability.queries.measures import proposals
from portal.exports.registry import Export, columns, register


def register_lists() -> None:
    headers, line = columns(
        Lead,
        "kind",
        ("区县", "district.name"),
        "sector",
        "sentence",
        "as_of",
        "checked_by",
        "checked_note",
        "checked_at",
    )
    register(Export("lead_list", "线索", "leads.view", listed, LeadFilter, LEAD_SORTS, headers, line))
    headers, line = columns(
        Score, ("考核", lambda row: str(row.year_score)), "name", "total", "grade", "rank", "vetoes"
    )
    register(
        Export(
            "measure_proposals",
            "表彰问责建议",
            "measures.draft",
            proposals,
            ProposalFilter,
            {"new": "-year_score_id", "rank": "rank"},
            headers,
            line,
        )
    )
