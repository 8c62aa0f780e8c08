"""Static files under names that carry their digest, so that a new version is a new address."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class PortalStaticStorage(CompressedManifestStaticFilesStorage):
    # A vendor's style sheet may name a map file it does not ship; that is no reason not to start.
    manifest_strict = False
    # Our own modules name those they import by their digests as well; vendors' scripts are left as they came.
    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        ("js/*.js", CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]),
    )
