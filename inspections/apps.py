from django.apps import AppConfig


class InspectionsConfig(AppConfig):
    name = "inspections"
    verbose_name = "检查"
    audit_words = {
        "visits.start": "开始检查",
        "visits.finding": "检查中记下隐患",
        "visits.finding_withdrawn": "检查中撤回隐患",
        "visits.photo_aside": "检查照片移出",
        "visits.finish": "完成检查",
        "visits.abandon": "中止检查",
        "visits.record": "制作现场检查记录",
        "schemes.draft": "拟制检查方案",
        "schemes.change": "修改检查方案",
        "schemes.review": "审核检查方案",
        "schemes.approve": "审批检查方案",
        "schemes.return": "退回检查方案",
        "schemes.withdraw": "撤回检查方案",
    }

    def ready(self):
        from enterprises.filters import add_filter
        from enterprises.panels import register
        from inspections.actions.checklist import load_checklist
        from inspections.enterprise_merging import register_merging
        from inspections.export_schemes import register_scheme_exports
        from inspections.filters import NOT_VISITED_SINCE
        from inspections.panels import visits_panel
        from inspections.queries_schemes import scheme_of_code
        from portal.documents.verifying import keepers
        from portal.reference.actions import followers

        register("检查记录", 20, "visits.view", visits_panel)
        add_filter("not_visited_since", NOT_VISITED_SINCE)
        register_merging()
        register_scheme_exports()
        keepers.append(scheme_of_code)
        followers["inspection_checklist"] = load_checklist
