"""What is typed and uploaded. One file a subject; names are imported from here."""

from enterprises.forms.ledger import (
    DayForm,
    DecisionForm,
    FactsForm,
    GradeForm,
    MappingForm,
    ProposalForm,
    UploadForm,
    facts_as_typed,
    letter,
)
from enterprises.forms.units import (
    HoldingForm,
    HoldingProposalForm,
    PopulationForm,
    ProcessForm,
    UnitForm,
    UnitSheetForm,
)

__all__ = [
    "DayForm",
    "DecisionForm",
    "FactsForm",
    "GradeForm",
    "HoldingForm",
    "HoldingProposalForm",
    "MappingForm",
    "PopulationForm",
    "ProcessForm",
    "ProposalForm",
    "UnitForm",
    "UnitSheetForm",
    "UploadForm",
    "facts_as_typed",
    "letter",
]
