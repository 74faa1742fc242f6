"""The form one signs in with."""

from allauth.account.forms import LoginForm


class SignInForm(LoginForm):
    """Name and password; telephones do not write the name with a capital."""

    def __init__(self, *args, **options):
        """Tell the browser what a name is."""
        super().__init__(*args, **options)
        plain = {"autocapitalize": "none", "spellcheck": "false"}
        self.fields["login"].widget.attrs |= plain
