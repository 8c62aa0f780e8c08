"""Catalogs of the law, shared by every city: each edition with its lines. A row is never changed once loaded."""

from django.db import models
from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When

from portal.reference.rules import fold
from portal.tenancy.wall import Reference


class Confidence(models.TextChoices):
    HIGH = "high", "高"
    MEDIUM = "medium", "中"
    LOW = "low", "低"


class CatalogQuerySet(models.QuerySet):
    def current(self):
        """The newest edition of each catalog; the others are kept, so that a past decision can be explained."""
        newer = Catalog.objects.filter(key=OuterRef("key"), number__gt=OuterRef("number"))
        return self.filter(~Exists(newer))

    def counted(self):
        low = Q(lines__confidence=Confidence.LOW)
        return self.annotate(line_count=Count("lines"), low_count=Count("lines", filter=low))


class Catalog(models.Model):
    """One edition of a catalog: `number` counts the editions loaded here, `digest` is the SM3 of its file."""

    key = models.SlugField("目录", max_length=40)
    number = models.PositiveSmallIntegerField("第几版")
    title = models.CharField("名称", max_length=80)
    edition = models.CharField("版本", max_length=80)
    source = models.CharField("文号和出处", max_length=200)
    note = models.CharField("说明", max_length=200, blank=True)
    digest = models.CharField("文件摘要", max_length=64)
    loaded_at = models.DateTimeField("载入时间", auto_now_add=True)

    wall = Reference()
    objects = CatalogQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "目录"
        ordering = ["key", "-number"]
        constraints = [models.UniqueConstraint(fields=["key", "number"], name="catalog_edition_once")]

    def __str__(self):
        return f"{self.title}（{self.edition}）"

    @property
    def mark(self) -> str:
        """The edition and the first digits of its file, as a decision cites it."""
        return f"{self.edition}（{self.digest[:8]}）"


class LineQuerySet(models.QuerySet):
    def current(self):
        return self.filter(catalog__in=Catalog.objects.current())

    def matching(self, sought: str):
        """By name, alias, CAS number, code, initials or full pinyin, and by what the line says; best first by `rank`.

        One or two letters are initials or the beginning of a name: anywhere inside a word they would find everything.
        """
        word = fold(sought)
        if not word:
            return self.annotate(rank=Value(0))
        beginning, inside = Q(words__contains=f"\n{word}"), Q(words__contains=word)
        typed = sought.replace("\0", "").strip()
        said = Q(text__icontains=typed) | Q(title__icontains=typed)
        short = word.isascii() and word.isalpha() and len(word) < 3
        found = self.filter(beginning if short else beginning | inside | said)
        return found.annotate(
            rank=Case(
                When(words__contains=f"\n{word}\n", then=Value(0)),
                When(beginning, then=Value(1)),
                When(inside, then=Value(2)),
                default=Value(3),
            )
        )


class CatalogLine(models.Model):
    """One line of one edition; `data` has every column of its file as it stands there."""

    catalog = models.ForeignKey(Catalog, models.PROTECT, related_name="lines")
    code = models.CharField("编号", max_length=40)
    title = models.CharField("名称", max_length=300)
    aliases = models.CharField("别名", max_length=200, blank=True)
    cas = models.CharField("CAS号", max_length=80, blank=True)
    group = models.CharField("类别", max_length=60, blank=True)
    text = models.TextField("内容", blank=True)
    source = models.CharField("核实情况", max_length=300, blank=True)
    confidence = models.CharField("可信度", max_length=6, choices=Confidence)
    words = models.TextField()
    data = models.JSONField()

    wall = Reference()
    objects = LineQuerySet.as_manager()

    class Meta:
        verbose_name = verbose_name_plural = "目录条目"
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["catalog", "code"], name="line_once_an_edition")]

    def __str__(self):
        return self.title
