from django.apps import AppConfig


class CampaignConfig(AppConfig):
    name = "campaign"
    verbose_name = "专项行动"
    audit_words = {
        "screens.make": "制作大屏",
        "screens.stop": "停用大屏",
    }

    def ready(self):
        from campaign.management.commands.demo_accounts import demo_accounts
        from portal.tenancy.demo_accounts import show

        show(demo_accounts)
