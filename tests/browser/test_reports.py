"""The office's work reports in a browser: from the list to the figures, their records, the words and what differs later."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaign.actions import reports
from campaign.models import ReportText, WorkReport
from enterprises.models import Enterprise
from tests.reminders.rows import lay


@pytest.mark.parametrize("screen", ["phone", "desk"])
def test_a_report_is_read_worded_issued_and_held_against_what_is_known_now(committed_world, somebody, screen):
    world, today = committed_world, timezone.localdate()
    thursday = today - timedelta(days=today.weekday() + 4)
    with world.as_("office"):
        Enterprise.objects.update(created_at=timezone.now() - timedelta(days=400))
    for enterprise in "abc":
        lay(world, enterprise, days=-1, found_on=thursday, n=3)
    with somebody("office", screen) as office:
        office.go("/reports/")
        office.page.wait_for_selector("text=还没有报告")
        office.looks_right("reports-none")
        reports.make_missing(world.tenants["江州市"], "江州市")
        with world.as_("office"):
            week = WorkReport.objects.get(kind="week")
            words = ReportText.objects.filter(report=week, place=None).earliest("pk")
        lay(world, "a", found_on=thursday, description="后来补录的隐患" * 12)
        office.go("/reports/")
        office.looks_right("reports")
        office.go(f"/reports/texts/{words.pk}/")
        office.page.fill("textarea[name=text]", "本周检查力度加大，" * 60)
        office.looks_right("report-text")
        office.page.click("main form button.btn-primary")
        office.page.wait_for_selector("text=本周检查力度加大")
        office.looks_right("report")
        office.go(f"/reports/{week.pk}/records/found/")
        assert office.page.locator("main tbody tr").count() == 9
        office.looks_right("report-records")
        office.go(f"/reports/{week.pk}/differences/")
        office.page.wait_for_selector("text=后来补录的隐患")
        office.looks_right("report-differences")
        office.go(f"/reports/{week.pk}/withdraw/")
        office.looks_right("report-withdraw")
        office.go(f"/reports/{week.pk}/")
        office.page.click("main form[action$='/issue/'] button")
        office.page.wait_for_selector("text=已印发")
