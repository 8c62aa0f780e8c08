"""Which files of the front-end packages the portal serves: the few that pages use, out of thousands."""

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core import checks
from django.core.files.storage import FileSystemStorage


class PackageFinder(BaseFinder):
    """Finds `<address>/<file>` as set in FRONT_END_FILES: {address: (folder in node_modules, [file, …])}."""

    def _all(self):
        for address, (folder, files) in settings.FRONT_END_FILES.items():
            storage = FileSystemStorage(settings.BASE_DIR / "node_modules" / folder)
            storage.prefix = address
            for file in files:
                yield f"{address}/{file}", file, storage

    def check(self, **kwargs):
        return [
            checks.Error(f"{storage.path(file)} is missing; run `make setup`.", id="portal.E001")
            for _, file, storage in self._all()
            if not storage.exists(file)
        ]

    def find(self, path, find_all=False, **kwargs):
        found = [storage.path(file) for name, file, storage in self._all() if name == path and storage.exists(file)]
        return found if find_all else next(iter(found), [])

    def list(self, ignore_patterns):
        for _, file, storage in self._all():
            yield file, storage
