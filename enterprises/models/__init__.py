"""What the ledger keeps. One file a subject; names are imported from here."""

from enterprises.models.changes import EnterpriseVersion, FactProposal, KeyChange
from enterprises.models.grading import DiagnosisSheet, GradeDecision, GradeProposal
from enterprises.models.imports import ColumnMapping, LedgerImport
from enterprises.models.ledger import (
    OWNED,
    Coordinates,
    Enterprise,
    EnterpriseForeignKey,
    EnterpriseOwned,
    EnterpriseQuerySet,
    Grade,
    Judged,
    KeyClause,
    Kind,
    MajorLevel,
    Sector,
    UnitForeignKey,
)
from enterprises.models.lists import (
    CityMap,
    DuplicateSearch,
    Merger,
    NotTheSame,
    PossibleDuplicate,
    SavedView,
    Transformation,
    TransformationStep,
)
from enterprises.models.people import Credential, Duty, ResponsiblePerson
from enterprises.models.units import Holding, Judgement, Mixture, ProcessInUse, Unit, UnitKind, UnitSheet

__all__ = [
    "OWNED",
    "CityMap",
    "ColumnMapping",
    "Coordinates",
    "Credential",
    "DiagnosisSheet",
    "DuplicateSearch",
    "Duty",
    "Enterprise",
    "EnterpriseForeignKey",
    "EnterpriseOwned",
    "EnterpriseQuerySet",
    "EnterpriseVersion",
    "FactProposal",
    "Grade",
    "GradeDecision",
    "GradeProposal",
    "Holding",
    "Judged",
    "Judgement",
    "KeyChange",
    "KeyClause",
    "Kind",
    "LedgerImport",
    "MajorLevel",
    "Merger",
    "Mixture",
    "NotTheSame",
    "PossibleDuplicate",
    "ProcessInUse",
    "ResponsiblePerson",
    "SavedView",
    "Sector",
    "Transformation",
    "TransformationStep",
    "Unit",
    "UnitForeignKey",
    "UnitKind",
    "UnitSheet",
]
