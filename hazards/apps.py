from django.apps import AppConfig

from hazards import rules_selfcheck
from hazards.rules import VERBS


class HazardsConfig(AppConfig):
    name = "hazards"
    verbose_name = "隐患与整改"
    audit_words = {
        "hazards.record": "记录隐患",
        **{f"hazards.{verb}": f"隐患{word}" for verb, word in VERBS.items()},
        "hazards.bulk": "批量办理隐患",
        "hazards.upload_register": "上传隐患台账",
        "hazards.map_register": "修改隐患台账的列对应",
        "hazards.import": "导入隐患台账",
        "hazards.import_back": "撤回导入的隐患",
        "suspensions.order": "责令停产停业",
        "suspensions.lift": "同意恢复生产",
        "notices.issue": "制发文书",
        "notices.acknowledge": "签收文书",
        "notices.refused": "记录拒收文书",
        "notices.correct": "更正文书",
        "notices.serve": "制作送达回执",
        "evidence.upload": "上传材料",
        **{f"selfchecks.{verb}": f"企业自查{word}" for verb, word in rules_selfcheck.STEPS.items()},
        "broadcasts.send": "下发举一反三",
        "broadcasts.add": "补充下发举一反三",
        "broadcasts.press": "催办举一反三",
        "broadcasts.answer": "答复举一反三",
        "broadcasts.amend": "修改举一反三答复",
        "selfchecks.photo": "企业自查上传照片",
        "evidence.infected": "材料查出病毒",
        "templates.write": "修改理由模板",
        "samples.draw": "抽查抽样",
        "samples.look": "记录抽查复核结果",
    }

    def ready(self):
        from enterprises.filters import add_filter
        from hazards.actions.reminders import keep_seen
        from hazards.deadline_review import register_deadlines
        from hazards.enterprise_merging import register_merging
        from hazards.enterprise_panels import register_panels
        from hazards.export import register_exports
        from hazards.export_lists import register_lists
        from hazards.export_reminders import register_reminder_exports
        from hazards.export_samples import register_sample_exports
        from hazards.export_selfchecks import register_selfcheck_exports
        from hazards.filters import HAZARDS_OF_ENTERPRISE
        from hazards.queries.files import register_files
        from hazards.queries.pages import notice_of_code
        from portal.documents.verifying import keepers
        from portal.messages.actions import when_seen

        register_deadlines()
        register_exports()
        register_lists()
        register_reminder_exports()
        register_sample_exports()
        register_selfcheck_exports()
        register_panels()
        add_filter("hazards", HAZARDS_OF_ENTERPRISE)
        register_merging()
        when_seen.append(keep_seen)
        register_files()
        keepers.append(notice_of_code)
