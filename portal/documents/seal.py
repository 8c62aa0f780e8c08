"""电子签名: an adapter, off by default. `DOCUMENT_SEAL` names the class of a provider; a certified national seal plugs in here.

The one that is built in signs by PAdES with the city's own certificate. It proves who signed and that nothing was changed since;
it is no 国家认证的电子印章, and every document that carries it says so in print.
"""

import io
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string


class Seal(Protocol):
    """One city's seal."""

    label: str
    """What it honestly is; printed on the document before it is signed."""

    @classmethod
    def of(cls, tenant_id: int) -> "Seal | None":
        """None where this city has none; its documents are then printed as if no provider were named."""

    def sign(self, pdf: bytes) -> bytes:
        """The print with the signature after it."""


def seal_of(tenant_id: int) -> Seal | None:
    return import_string(settings.DOCUMENT_SEAL).of(tenant_id) if settings.DOCUMENT_SEAL else None


class PadesSeal:
    """PAdES B-B by pyHanko with `<tenant id>.p12` of DOCUMENT_SEAL_DIR.

    The signature is an incremental update behind the PDF/A-2b file, which ISO 19005-2 (6.4.3 and annex B) allows: not one byte
    of the file before it changes, its field is a widget of no size that needs no appearance and brings no font, and what the
    file says of itself stays as it was.
    """

    label = "电子签名（非国家认证电子印章）"

    def __init__(self, path: Path):
        from pyhanko.sign import signers

        passphrase = settings.DOCUMENT_SEAL_PASSPHRASE.encode() or None
        signer = signers.SimpleSigner.load_pkcs12(str(path), passphrase=passphrase)
        if signer is None:
            raise RuntimeError(f"{path.name} cannot be opened: is DOCUMENT_SEAL_PASSPHRASE its own?")
        self.signer = signer

    @classmethod
    def of(cls, tenant_id: int) -> "PadesSeal | None":
        path = Path(settings.DOCUMENT_SEAL_DIR) / f"{tenant_id}.p12"
        return opened(path, path.stat().st_mtime_ns) if path.is_file() else None

    def sign(self, pdf: bytes) -> bytes:
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign import fields, signers

        class Untouched(IncrementalPdfFileWriter):
            def _update_meta(self):
                """The XMP that PDF/A prescribes is typst's; written anew it would be another's."""

        writer = Untouched(io.BytesIO(pdf))
        about = signers.PdfSignatureMetadata(
            field_name="DianZiQianMing",
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            reason=self.label,
        )
        # It runs an event loop of its own, which a thread that has one running cannot.
        with ThreadPoolExecutor(1) as alone:
            return alone.submit(signers.PdfSigner(about, self.signer).sign_pdf, writer).result().getvalue()


@cache
def opened(path: Path, changed: int) -> PadesSeal:
    """A certificate that is replaced is read again."""
    return PadesSeal(path)
