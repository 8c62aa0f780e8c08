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
        "field.receive": "收到外出检查",
        "field.import": "导入外出检查文件",
    }

    def ready(self):
        from enterprises.filters import add_filter
        from enterprises.panels import register
        from inspections.actions.checklist import load_checklist
        from inspections.enterprise_merging import register_merging
        from inspections.filters import NOT_VISITED_SINCE
        from inspections.panels import visits_panel
        from inspections.queries_field import signatures
        from portal.files.scrub import named_by
        from portal.reference.actions import followers

        register("检查记录", 20, "visits.view", visits_panel)
        add_filter("not_visited_since", NOT_VISITED_SINCE)
        register_merging()
        named_by["检查签名"] = signatures
        followers["inspection_checklist"] = load_checklist
