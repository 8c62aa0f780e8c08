from django.apps import AppConfig

from enterprises.rules.transformation import STEPS


class EnterprisesConfig(AppConfig):
    name = "enterprises"
    verbose_name = "企业台账"
    audit_words = {
        "enterprises.create": "企业入账",
        "enterprises.update": "修改企业信息",
        "enterprises.grade": "评定风险等级",
        "enterprises.upload_ledger": "上传台账",
        "enterprises.map_ledger": "设置列对应",
        "enterprises.confirm_ledger": "确认导入",
        "enterprises.import": "导入台账",
        "enterprises.import_failed": "导入中断",
        "enterprises.export": "导出企业台账",
        "responsible.appoint": "任命包保责任人",
        "responsible.correct": "更正包保责任人",
        "responsible.end": "包保责任人离任",
        "credentials.add": "登记证照",
        "credentials.change": "更正证照",
        "credentials.renew": "换证或复审",
        "credentials.end": "注销证照",
        "enterprises.merge": "合并企业",
        "enterprises.merged_away": "并入其他企业",
        "enterprises.unmerge": "撤销合并企业",
        "duplicates.search": "查找疑似重复",
        "duplicates.tell_apart": "核对为不是重复",
        "units.add": "新增单元",
        "units.change": "修改单元",
        "units.put_holding": "填写在量",
        "units.assign_holding": "在量归入单元",
        "units.remove_holding": "删除在量",
        "units.put_process": "填写工艺",
        "units.remove_process": "删除工艺",
        "units.set_population": "填写周边人口",
        "units.upload_sheet": "上传单元在量表",
        "units.confirm_sheet": "写入单元在量表",
        "enterprises.bulk": "批量办理企业",
        "diagnosis.start": "开始诊断分级",
        "diagnosis.fill": "填写诊断分级表",
        "diagnosis.finish": "完成诊断分级表",
        "grades.propose": "提出分级建议",
        "grades.decline": "不采纳分级建议",
        "facts.small": "企业自行修改联系方式",
        "facts.propose": "申请变更企业信息",
        "facts.withdrawn": "撤回信息变更申请",
        "facts.returned": "退回信息变更申请",
        "facts.confirmed": "确认信息变更申请",
        "map.draw": "上传本市地图",
        "map.restore": "恢复旧地图",
        **{f"transformation.{verb}": f"提升淘汰{word}" for verb, word in STEPS.items()},
    }

    def ready(self):
        from enterprises.deadline_review import register_deadlines
        from enterprises.enterprise_merging import register_merging
        from enterprises.enterprise_panels import register_panels
        from enterprises.export import register_exports
        from enterprises.export_lists import register_lists
        from enterprises.queries.files import register_files

        register_deadlines()
        register_exports()
        register_lists()
        register_files()
        register_merging()
        register_panels()
