"""manage.py demo_accounts: who can log in to the demo, and with what password."""

from django.core.management.base import BaseCommand

from campaign.demo.people import EXPERT, OFFICER, OTHER_STAFF, PASSWORD, SHOWN, STAFF
from portal.tenancy.queries import all_tenants


def demo_accounts() -> list[tuple[str, str, str]]:
    """(login, password, who it is)."""
    named = {someone.login: someone.shown_as for someone in (*STAFF, *OTHER_STAFF)}
    named |= {OFFICER: "企业安全员（江南区一家重点企业）", EXPERT: "评估专家（分派到同一家企业）"}
    named["cc_office"] = "澄川市领导小组办公室（另一座城市）"
    return [(login, PASSWORD, named[login]) for login in SHOWN]


class Command(BaseCommand):
    help = "Print the demo accounts."

    def handle(self, *args, **options):
        if all_tenants():
            for login, password, who in demo_accounts():
                self.stdout.write(f"  {login:<12}{password:<20}{who}")
