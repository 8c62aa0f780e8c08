from django.apps import AppConfig


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
    }
