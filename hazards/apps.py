from django.apps import AppConfig

from hazards.rules import VERBS


class HazardsConfig(AppConfig):
    name = "hazards"
    verbose_name = "隐患与整改"
    audit_words = {
        "hazards.record": "记录隐患",
        **{f"hazards.{verb}": f"隐患{word}" for verb, word in VERBS.items()},
        "notices.issue": "制发文书",
        "notices.acknowledge": "签收文书",
        "notices.refused": "记录拒收文书",
        "evidence.upload": "上传材料",
        "templates.write": "修改理由模板",
        "samples.draw": "抽查抽样",
        "samples.look": "记录抽查复核结果",
    }

    def ready(self):
        from hazards.enterprise_merging import register_merging
        from hazards.enterprise_panels import register_panels
        from hazards.export import register_exports

        register_panels()
        register_exports()
        register_merging()
