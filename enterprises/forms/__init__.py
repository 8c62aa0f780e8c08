"""What is typed and uploaded. One file a subject; names are imported from here."""

from enterprises.forms.city_map import CityMapForm
from enterprises.forms.grading import DeclineForm, EventForm, GradeForm, SheetForm
from enterprises.forms.ledger import (
    DayForm,
    DecisionForm,
    FactsForm,
    MappingForm,
    ProposalForm,
    UploadForm,
    facts_as_typed,
    letter,
)
from enterprises.forms.many import FORMS
from enterprises.forms.people import (
    AppointForm,
    CorrectForm,
    CredentialForm,
    EndCredentialForm,
    EndForm,
    ValidityForm,
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
    "FORMS",
    "AppointForm",
    "CityMapForm",
    "CorrectForm",
    "CredentialForm",
    "DayForm",
    "DecisionForm",
    "DeclineForm",
    "EndCredentialForm",
    "EndForm",
    "EventForm",
    "FactsForm",
    "GradeForm",
    "HoldingForm",
    "HoldingProposalForm",
    "MappingForm",
    "PopulationForm",
    "ProcessForm",
    "ProposalForm",
    "SheetForm",
    "UnitForm",
    "UnitSheetForm",
    "UploadForm",
    "ValidityForm",
    "facts_as_typed",
    "letter",
]
