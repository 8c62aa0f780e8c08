"""电子签名: off unless a provider is named, honest about what it is, and checked by the validator of the library that made it."""

import io
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from hazards.models import Notice
from portal.documents.seal import PadesSeal, seal_of
from portal.files import store
from tests.documents import reading
from tests.stories import issued

LABEL = "电子签名（非国家认证电子印章）"


@pytest.fixture(scope="module")
def certificate():
    """(certificate, PKCS#12 under the word "test") of an invented body, signed by itself."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "江州市应急管理局（测试）")])
    now = datetime.now(UTC)
    usage = dict.fromkeys(
        (
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    locked = serialization.BestAvailableEncryption(b"test")
    return made, pkcs12.serialize_key_and_certificates(b"test", key, made, None, locked)


@pytest.fixture
def sealed(settings, world, tmp_path, certificate):
    settings.DOCUMENT_SEAL = "portal.documents.seal.PadesSeal"
    settings.DOCUMENT_SEAL_DIR = tmp_path
    settings.DOCUMENT_SEAL_PASSPHRASE = "test"
    (tmp_path / f"{world.tenants['江州市']}.p12").write_bytes(certificate[1])


def print_of(world, enterprise: str = "a") -> bytes:
    notice_id = issued(world, enterprise, acknowledged=False).notice_id
    with world.as_("office_x" if enterprise == "x" else "office"):
        return store.open_kept(Notice.objects.get(pk=notice_id).content["pdf"])


def checked(pdf: bytes, certificate):
    root = asn1.Certificate.load(certificate[0].public_bytes(serialization.Encoding.DER))
    [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    return signature, validate_pdf_signature(signature, ValidationContext(trust_roots=[root]))


def test_nothing_is_signed_where_no_provider_is_named(world):
    assert seal_of(world.tenants["江州市"]) is None
    pdf = print_of(world)
    assert PdfFileReader(io.BytesIO(pdf)).embedded_signatures == []
    assert "电子签名" not in reading.text(pdf)


def test_a_notice_is_signed_with_its_citys_certificate_and_the_validator_agrees(world, sealed, certificate):
    signature, status = checked(print_of(world), certificate)
    assert status.bottom_line
    assert status.summary() == "INTACT:TRUSTED,UNTOUCHED"
    assert signature.sig_object["/SubFilter"] == SigSeedSubFilter.PADES.value
    assert status.signing_cert.subject.native["common_name"] == "江州市应急管理局（测试）"


def test_it_says_in_print_and_in_the_signature_what_it_is_not(world, sealed, certificate):
    pdf = print_of(world)
    assert LABEL in reading.text(pdf)
    assert checked(pdf, certificate)[0].sig_object["/Reason"] == LABEL


@pytest.mark.parametrize("where", [5000, 20000, -3000])
def test_one_byte_changed_is_found(world, sealed, certificate, where):
    pdf = bytearray(print_of(world))
    where %= len(pdf)
    signature, _ = checked(bytes(pdf), certificate)
    begins, length, again, rest = signature.sig_object["/ByteRange"]
    if begins + length <= where < again:
        where = again + 5
    assert trusted(bytes(pdf), certificate)
    pdf[where] ^= 1
    assert not trusted(bytes(pdf), certificate)


def trusted(pdf: bytes, certificate) -> bool:
    """What cannot be read at all is not taken for a signed document either."""
    try:
        return checked(pdf, certificate)[1].bottom_line
    except Exception:
        return False


def test_the_signature_stands_behind_the_pdf_a_file_and_changes_nothing_of_it(certificate, tmp_path, settings):
    from portal.documents.pdf import render
    from tests.documents.samples import order

    settings.DOCUMENT_SEAL_PASSPHRASE = "test"
    (tmp_path / "1.p12").write_bytes(certificate[1])
    plain = render("rectification_order", order(electronic_seal=LABEL))
    signed = PadesSeal(tmp_path / "1.p12").sign(plain)
    assert signed.startswith(plain)
    with pikepdf.open(io.BytesIO(plain)) as before, pikepdf.open(io.BytesIO(signed)) as after:
        assert after.Root.Metadata.read_bytes() == before.Root.Metadata.read_bytes()
        assert dict(after.docinfo) == dict(before.docinfo)
        assert after.trailer.ID[0] == before.trailer.ID[0]
        [widget] = [note for page in after.pages for note in page.get("/Annots", [])]
        # PDF/A-2 asks an appearance of every annotation but one of no size; it must print, and may not be hidden.
        assert [float(side) for side in widget.Rect] == [0, 0, 0, 0]
        assert int(widget.F) & 0b100
        assert not int(widget.F) & 0b100011
    assert reading.text(signed) == reading.text(plain)
    assert all(reading.fonts(signed).values())


def test_a_city_without_a_certificate_signs_nothing(world, sealed):
    pdf = print_of(world, "x")
    assert "电子签名" not in reading.text(pdf)
    assert PdfFileReader(io.BytesIO(pdf)).embedded_signatures == []


def test_a_wrong_passphrase_stops_the_issuing_instead_of_leaving_it_unsigned(world, sealed, settings):
    settings.DOCUMENT_SEAL_PASSPHRASE = "other"
    with pytest.raises(RuntimeError, match="PASSPHRASE"):
        print_of(world)
