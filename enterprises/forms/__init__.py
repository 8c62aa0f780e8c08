"""What is typed and uploaded. One file a subject; names are imported from here."""

from enterprises.forms.ledger import FactsForm, GradeForm, MappingForm, UploadForm, facts_as_typed, letter
from enterprises.forms.people import (
    AppointForm,
    CorrectForm,
    CredentialForm,
    EndCredentialForm,
    EndForm,
    ValidityForm,
)
from enterprises.forms.units import HoldingForm, PopulationForm, ProcessForm, UnitForm, UnitSheetForm

__all__ = [
    "AppointForm",
    "CorrectForm",
    "CredentialForm",
    "EndCredentialForm",
    "EndForm",
    "FactsForm",
    "GradeForm",
    "HoldingForm",
    "MappingForm",
    "PopulationForm",
    "ProcessForm",
    "UnitForm",
    "UnitSheetForm",
    "UploadForm",
    "ValidityForm",
    "facts_as_typed",
    "letter",
]
