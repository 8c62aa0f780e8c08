from django.apps import AppConfig


class CampaignConfig(AppConfig):
    name = "campaign"
    verbose_name = "专项行动"
    audit_words = {
        "screens.make": "制作大屏",
        "screens.stop": "停用大屏",
        "tasks.plan": "拟定任务",
        "tasks.hand": "下达任务",
        "tasks.change": "修改任务",
        "tasks.acknowledge": "签收任务",
        "tasks.report": "报任务进展",
        "tasks.reach": "登记任务节点",
        "tasks.finish": "报任务完成",
        "tasks.file": "上传任务佐证",
        "tasks.confirm": "确认任务完成",
        "tasks.send_back": "退回任务",
        "tasks.reassign": "任务改派",
        "tasks.postpone": "任务延期",
        "tasks.cancel": "取消任务",
        "phases.plan": "设立阶段",
        "phases.start": "启动阶段",
        "phases.complete": "完成阶段",
        "phases.change": "修改阶段",
        "phases.reopen": "重新启动阶段",
        "reports.make": "生成工作报告",
        "reports.edit": "修改报告文字",
        "reports.issue": "印发工作报告",
        "reports.withdraw": "撤回工作报告",
        "goals.set": "定目标",
        "goals.change": "修改目标",
        "goals.value": "填报目标现值",
        "goals.withdraw": "撤销目标",
        "group.appoint": "列入领导小组",
        "group.change": "修改领导小组成员",
    }

    def ready(self):
        from campaign.export_reports import register_report_export
        from campaign.export_tasks import register_task_export
        from campaign.files import register_files
        from campaign.management.commands.demo_accounts import demo_accounts
        from portal.tenancy.demo_accounts import show

        show(demo_accounts)
        register_task_export()
        register_report_export()
        register_files()
