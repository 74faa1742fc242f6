"""The forms of people, departments and deputies; those of roles are in `matrix`."""

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.passwords import LONGEST
from crm.accounts.sign_in import TEMPORARY
from crm.forms.records import ModelForm
from crm.models import Department, Deputy, Role, User
from crm.rights.roles import Reach
from crm.validators import validate_business_date, validate_phone
from system.people import administration, tree


class DepartmentField(forms.ModelChoiceField):
    """A department, set off by how deep in the tree it lies."""

    def label_from_instance(self, department):
        """Return the name behind a full-width blank for each level above it."""
        return "　" * (department.path.count("/") - 2) + department.name


class PasswordMixin(forms.ModelForm):
    """A password that may be left to chance."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        required=False,
        strip=False,
        max_length=LONGEST,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=gettext_lazy("Left empty: a random one, shown once after saving."),
    )

    def _post_clean(self):
        """Check the password against the person, whose fields are known now."""
        super()._post_clean()
        password = self.cleaned_data.get("password")
        if password:
            try:
                validate_password(password, self.instance)
            except ValidationError as error:
                self.add_error("password", error)


class UserForm(ModelForm):
    """A person; what roles they hold only for whoever may change roles."""

    groups = (
        (
            gettext_lazy("Basics"),
            ("username", "name", "employee_number", "password"),
        ),
        (gettext_lazy("Place"), ("department", "superior", "joined_on", "left_on")),
        (gettext_lazy("How to reach them"), ("phone", "email")),
        (gettext_lazy("Rights"), ("roles",)),
    )

    department = DepartmentField(
        Department.objects.none(), required=False, label=gettext_lazy("department")
    )
    roles = forms.ModelMultipleChoiceField(
        Role.objects.all(),
        required=False,
        label=gettext_lazy("roles"),
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta(ModelForm.Meta):
        model = User
        fields = (
            "username",
            "name",
            "employee_number",
            "department",
            "superior",
            "joined_on",
            "left_on",
            "phone",
            "email",
            "roles",
        )

    def __init__(self, *args, **options):
        """Offer departments within reach, and roles to whoever may change them."""
        super().__init__(*args, **options)
        action = "change" if self.instance.pk else "add"
        reach = self.user.rights.reach(f"crm.{action}_user")
        department = self.fields["department"]
        department.queryset = tree.within(self.user, reach)
        department.required = reach != Reach.ALL
        superior = self.fields["superior"]
        superior.queryset = User.objects.active().exclude(pk=self.instance.pk)
        superior.show(self["superior"].value())
        if not self.user.has_perm("crm.change_role"):
            del self.fields["roles"]

    def clean_username(self):
        """Keep one spelling of a name, and refuse the same name in other capitals."""
        username = User.normalize_username(self.cleaned_data["username"])
        same = User.objects.named(username)
        if same.exclude(pk=self.instance.pk).exists():
            raise ValidationError(_("This username is taken."))
        return username

    def clean_phone(self):
        """Refuse what is no telephone number."""
        phone = self.cleaned_data["phone"]
        if phone:
            validate_phone(phone)
        return phone

    def clean_roles(self):
        """Refuse to take a role from oneself."""
        roles = self.cleaned_data["roles"]
        if self.instance.pk == self.user.pk:
            given = {role.pk for role in roles}
            if {role.pk for role in self.instance.roles.all()} - given:
                raise ValidationError(_("Nobody disables or demotes themselves."))
        return roles

    def clean(self):
        """Check the days, and leave a number that is not there empty."""
        values = super().clean()
        for name in ("joined_on", "left_on"):
            if values.get(name):
                self._check_day(name, values[name])
        joined, left = values.get("joined_on"), values.get("left_on")
        if joined and left and left < joined:
            self.add_error("left_on", _("The last day is before the first day."))
        values["employee_number"] = values.get("employee_number") or None
        return values

    def _check_day(self, name, day):
        try:
            validate_business_date(day)
        except ValidationError as error:
            self.add_error(name, error)

    def save(self, commit=True):
        """Save the person and their roles; somebody must stay in charge.

        The last day is a verb of its own: PostgreSQL lets it change by no other.
        """
        person = self.instance
        with administration.keeping_administrators(self.user):
            if person._state.adding:
                return super().save(commit)
            left_on, person.left_on = person.left_on, self._before["left_on"]
            super().save(commit)
            if left_on != person.left_on:
                administration.leave(person, left_on, by=self.user)
            return person


class NewUserForm(PasswordMixin, UserForm):
    """A new person, with a first password."""

    Meta = UserForm.Meta

    def save(self, commit=True):
        """Save the person; `made_up` is the password that nobody typed."""
        typed = self.cleaned_data["password"]
        self.made_up = "" if typed else administration.random_password()
        self.instance.set_password(typed or self.made_up)
        self.instance.password_until = timezone.now() + TEMPORARY
        return super().save(commit)


class PasswordForm(PasswordMixin, ModelForm):
    """Another password for a person who cannot sign in."""

    class Meta(ModelForm.Meta):
        model = User
        fields = ()


class DepartmentForm(ModelForm):
    """A department."""

    parent = DepartmentField(
        Department.objects.none(),
        required=False,
        label=gettext_lazy("parent department"),
    )

    class Meta(ModelForm.Meta):
        model = Department
        fields = ("name", "parent", "head")

    def __init__(self, *args, **options):
        """Offer the departments within reach and the people who work here."""
        super().__init__(*args, **options)
        action = "change" if self.instance.pk else "add"
        reach = self.user.rights.reach(f"crm.{action}_department")
        parent = self.fields["parent"]
        parent.queryset = tree.within(self.user, reach)
        parent.required = reach != Reach.ALL
        head = self.fields["head"]
        head.queryset = User.objects.active()
        if self.instance.head_id:
            head.queryset |= User.objects.filter(pk=self.instance.head_id)
        head.show(self["head"].value())


class DeputyForm(ModelForm):
    """Who stands in for whom; whoever arranges only their own cannot choose whom."""

    class Meta(ModelForm.Meta):
        model = Deputy
        fields = ("person", "deputy", "starts_on", "ends_on")

    def __init__(self, *args, **options):
        """Offer the people within reach, and everybody who works here as deputy."""
        super().__init__(*args, **options)
        action = "change" if self.instance.pk else "add"
        reach = self.user.rights.reach(f"crm.{action}_deputy")
        person, deputy = self.fields["person"], self.fields["deputy"]
        within = self.user.rights.owned_by(reach, "pk")
        person.queryset = User.objects.active().filter(within)
        deputy.queryset = User.objects.active()
        if reach == Reach.OWN:
            person.initial = self.initial["person"] = self.user.pk
            person.disabled = True
        for name in ("person", "deputy"):
            self.fields[name].show(self[name].value())
        for name in ("starts_on", "ends_on"):
            self.fields[name].validators = [validate_business_date]
