from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "portal.exports"
    label = "exports"
    verbose_name = "导出"
    audit_words = {
        "exports.direct": "导出清单",
        "exports.start": "开始导出",
        "exports.restart": "重新导出",
        "exports.done": "导出完成",
        "exports.failed": "导出中断",
        "exports.download": "下载导出文件",
    }
