"""Hire the first system administrator of a new installation."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string

from crm.accounts.sign_in import TEMPORARY
from crm.models import Role, User

CODE = "system_administrator"


class Command(BaseCommand):
    """Makes one account with a random password, once."""

    help = "Create the first system administrator and print a password to change."

    def add_arguments(self, parser):
        """Take the name to sign in with and the person's name."""
        parser.add_argument("username")
        parser.add_argument("name")

    @transaction.atomic
    def handle(self, username, name, **options):
        """Create the person, unless the installation has an administrator."""
        role = Role.objects.select_for_update(no_key=True).get(code=CODE)
        if User.objects.active().filter(roles=role).exists():
            raise CommandError(
                "已有系统管理员，请由其在 系统工具 › 用户 中新增 / "
                "there is a system administrator already; ask them in System tools"
            )
        password = get_random_string(16)
        person = User(username=User.normalize_username(username), name=name)
        person.set_password(password)
        person.password_until = timezone.now() + TEMPORARY
        try:
            person.full_clean()
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        person.save(force_insert=True)
        person.role_assignments.create(role=role)
        self.stdout.write(
            f"{username}  {password}\n请登录后立即修改密码 / change it after signing in"
        )
