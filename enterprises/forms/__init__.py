"""What is typed and uploaded. One file a subject; names are imported from here."""

from enterprises.forms.city_map import CityMapForm
from enterprises.forms.ledger import FactsForm, GradeForm, MappingForm, UploadForm, facts_as_typed, letter
from enterprises.forms.units import HoldingForm, PopulationForm, ProcessForm, UnitForm, UnitSheetForm

__all__ = [
    "CityMapForm",
    "FactsForm",
    "GradeForm",
    "HoldingForm",
    "MappingForm",
    "PopulationForm",
    "ProcessForm",
    "UnitForm",
    "UnitSheetForm",
    "UploadForm",
    "facts_as_typed",
    "letter",
]
