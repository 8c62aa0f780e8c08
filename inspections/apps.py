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
        "handover.give": "工作交接",
        "team.train": "登记执法人员培训",
        "team.train_aside": "作废培训记录",
        "commendations.propose": "建议表彰",
        "commendations.decide": "决定表彰建议",
        "experts.declare": "专家入库",
        "experts.change": "修改专家资料",
        "experts.tie": "申报专家经历",
        "experts.tie_end": "登记专家经历结束日期",
        "experts.tie_aside": "作废专家经历",
        "experts.comment": "专家说明漏评线索",
        "assessments.open": "发起专家评估",
        "assessments.join": "评估组增加成员",
        "assessments.leave": "评估组成员退出",
        "assessments.term": "调整评估期限",
        "assessments.abandon": "终止专家评估",
        "assessments.schedule": "安排评估日程",
        "assessments.answer": "填写评估结论",
        "assessments.photo": "上传评估照片",
        "assessments.diagnosis": "评估关联诊断分级表",
        "assessments.sign": "评估组成员签名",
        "assessments.report": "出具评估报告",
        "assessments.reopen": "更正评估报告",
        "assessments.take": "评估问题处理",
        "checklists.make": "制定检查表模板",
        "checklists.withdraw": "停用检查表模板",
        "plans.frequency": "设定检查频次",
        "plans.generate": "生成检查计划",
        "plans.add": "增加计划检查",
        "plans.assign": "指派检查人员",
        "plans.move": "计划检查改期",
        "plans.cancel": "取消计划检查",
        "plans.offer": "提议联合检查",
        "plans.join": "同意联合检查",
        "plans.decline": "不同意联合检查",
        "actions.prepare": "拟定专项行动",
        "actions.change": "修改专项行动",
        "actions.start": "启动专项行动",
        "actions.join": "补充专项行动的企业",
        "actions.end": "结束专项行动",
        "actions.plan": "专项行动列入检查计划",
        "draws.publish": "公布双随机名单",
        "draws.draw": "双随机抽取",
        "draws.announce": "公示双随机结果",
        "visits.record": "制作现场检查记录",
        "schemes.draft": "拟制检查方案",
        "schemes.change": "修改检查方案",
        "schemes.review": "审核检查方案",
        "schemes.approve": "审批检查方案",
        "schemes.return": "退回检查方案",
        "schemes.withdraw": "撤回检查方案",
        "field.receive": "收到外出检查",
        "field.import": "导入外出检查文件",
        "field.voice": "收到现场录音",
    }

    def ready(self):
        from enterprises.filters import add_filter
        from enterprises.panels import register
        from hazards.queries.annex import announcers
        from inspections.actions.checklist import load_checklist
        from inspections.actions.handover import handed_over_first
        from inspections.enterprise_merging import register_merging
        from inspections.export import register_exports
        from inspections.export_assessments import register_assessment_exports
        from inspections.export_lists import register_lists
        from inspections.export_schemes import register_scheme_exports
        from inspections.filters import NOT_VISITED_SINCE
        from inspections.panels import assessments_panel, visits_panel
        from inspections.queries.files import register_files
        from inspections.queries_field import photos_to_follow
        from inspections.queries_schemes import scheme_of_code
        from portal.documents.verifying import keepers
        from portal.reference.actions import followers
        from portal.tenancy.actions import before_ending

        register("检查记录", 20, "visits.view", visits_panel)
        register("专家评估", 22, "assessments.reports", assessments_panel)
        register_assessment_exports()
        add_filter("not_visited_since", NOT_VISITED_SINCE)
        register_merging()
        register_exports()
        register_lists()
        register_scheme_exports()
        keepers.append(scheme_of_code)
        register_files()
        announcers.append(photos_to_follow)
        followers["inspection_checklist"] = load_checklist
        before_ending.append(handed_over_first)
