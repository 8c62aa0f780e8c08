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
        "scores.past": "录入系统外考核结果",
        "scores.recall": "撤回考核公示",
        "scores.object": "提出考核异议",
        "scores.decide": "处理考核异议",
        "scores.finish": "考核定稿",
        "scores.export": "导出考核结果",
        "measures.draft": "表彰问责拟稿",
        "measures.change": "修改表彰问责",
        "measures.submit": "表彰问责报批",
        "measures.approve": "批准表彰问责",
        "measures.return": "退回表彰问责",
        "measures.issue": "印发表彰问责文书",
        "measures.print": "打开表彰问责文书",
        "measures.reply": "回复表彰问责",
        "measures.file": "上传表彰问责佐证",
        "measures.close": "办结表彰问责",
        "measures.revoke": "撤销表彰问责",
        "measures.withdraw": "作废表彰问责拟稿",
    }

    def ready(self):
        from accountability.enterprise_merging import register_merging
        from accountability.export_lists import register_lists
        from accountability.export_measures import register_measure_exports
        from accountability.filters import register_filters
        from accountability.queries.measures import document_of_code, prints, reply_files
        from portal.documents.verifying import keepers
        from portal.files.scrub import named_by

        register_filters()
        register_merging()
        register_measure_exports()
        register_lists()
        keepers.append(document_of_code)
        named_by["表彰问责文书"] = prints
        named_by["表彰问责佐证"] = reply_files
