"""Whose papers they are, and the templates that a company has changed."""

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from crm.guards.triggers import stamped
from crm.jobs.acts import noted_of_people
from crm.jobs.models import Job
from crm.models import Department
from crm.models.versions import Versioned, person
from crm.papers.slugs import slugs

#: The picture itself is no reading matter for the history: its hash is.
LOGO = ("logo",)


class Company(Versioned):
    """The company that stands at the head of every paper; there is one row.

    `logo` is a picture as SVG, empty for none; `logo_hash` the SHA-256 of the file that
    it was made of.
    """

    actions = ("view", "change")

    name = models.CharField(_("company name"), max_length=100, blank=True)
    address = models.CharField(_("address"), max_length=200, blank=True)
    telephone = models.CharField(_("telephone"), max_length=60, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=30, blank=True)
    bank = models.CharField(_("bank"), max_length=100, blank=True)
    account = models.CharField(_("bank account"), max_length=50, blank=True)
    logo = models.TextField(editable=False, blank=True)
    logo_hash = models.CharField(_("logo"), max_length=64, editable=False, blank=True)

    class Meta:
        verbose_name = _("company")
        verbose_name_plural = _("companies")
        default_permissions = ()
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(condition=Q(pk=1), name="company_is_one"),
        )
        triggers = (
            stamped(),
            noted_of_people("papers.company", title="name", ignored=LOGO),
        )

    def __str__(self):
        return self.name or str(self._meta.verbose_name)

    @classmethod
    def own(cls):
        """Return the one row, a blank one before there is any."""
        return cls.objects.first() or cls()

    def head(self, department=None):
        """Return {name, lines, logo} as they stand at the head of a paper.

        Args:
            department: of a person; while nobody has said what the company is called,
                it is called as the department above all of that.
        """
        reach = (self.address, self.telephone)
        money = (self.tax_number, f"{self.bank} {self.account}".strip())
        lines = (" · ".join(filter(None, line)) for line in (reach, money))
        return {
            "name": self.name or _top_of(department),
            "lines": list(filter(None, lines)),
            "logo": self.logo,
        }


def _top_of(department):
    """Return the name of the department above all of one, an empty text for None."""
    if department is None:
        return ""
    top = Department.objects.filter(pk=department.path.strip("/").partition("/")[0])
    return top.values_list("name", flat=True).first() or ""


class PaperTemplate(Versioned):
    """How a paper is set; an empty `source` is the template that came along."""

    actions = ("view", "change")

    slug = models.CharField(_("paper"), max_length=40, unique=True, choices=slugs)
    source = models.TextField(
        _("template"), blank=True, validators=[MaxLengthValidator(50_000)]
    )

    class Meta:
        verbose_name = _("paper template")
        verbose_name_plural = _("paper templates")
        default_permissions = ()
        ordering = ("pk",)
        triggers = (
            stamped(),
            noted_of_people("papers.papertemplate", title="slug"),
        )

    def __str__(self):
        return str(self.get_slug_display())


class PaperRunQuerySet(models.QuerySet):
    """Which runs there are."""

    def visible_to(self, user, action="view"):
        """Return one's own: they hold what their person may see."""
        return self.filter(person=user)


class PaperRun(models.Model):
    """Papers of many records, set in the background for one person.

    `ids` are those of the records; what the person may not see by then is left out.
    """

    person = person(_("asked for by"))
    slug = models.CharField(_("paper"), max_length=40, choices=slugs)
    ids = ArrayField(models.BigIntegerField())
    asked_at = models.DateTimeField(db_default=models.functions.Now())
    done_at = models.DateTimeField(null=True)

    objects = PaperRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("papers as PDF")
        verbose_name_plural = _("papers as PDF")
        default_permissions = ()
        ordering = ("-pk",)

    def __str__(self):
        return f"{self.get_slug_display()} · {len(self.ids)}"

    def get_absolute_url(self):
        """Return the address of its page: progress, then the file."""
        return reverse("paper_run", args=[self.pk])

    @property
    def job_key(self):
        """Return what makes a job the one of this run."""
        return f"papers-{self.pk}"

    @property
    def job(self):
        """The job that sets the papers."""
        return Job.objects.filter(key=self.job_key).first()


class PaperFile(models.Model):
    """One of the papers of a run, kept until it is swept away."""

    run = models.ForeignKey(PaperRun, models.CASCADE, related_name="files")
    name = models.CharField(max_length=300)
    content = models.BinaryField()

    class Meta:
        default_permissions = ()
        ordering = ("pk",)

    def __str__(self):
        return self.name
