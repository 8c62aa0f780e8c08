from django.apps import AppConfig


class AccountabilityConfig(AppConfig):
    name = "accountability"
    verbose_name = "考核问责"
    audit_words = {
        "leads.check": "核对线索",
        "scores.template": "制定考核模板",
        "scores.open": "建立年度考核",
        "scores.reckon": "考核取数计分",
        "scores.enter": "填报人工指标",
        "scores.second": "复核人工指标",
        "scores.announce": "公示考核结果",
        "scores.recall": "撤回考核公示",
        "scores.object": "提出考核异议",
        "scores.decide": "处理考核异议",
        "scores.finish": "考核定稿",
        "scores.export": "导出考核结果",
    }

    def ready(self):
        from accountability.enterprise_merging import register_merging
        from accountability.filters import register_filters

        register_filters()
        register_merging()
