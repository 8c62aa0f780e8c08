from django.apps import AppConfig


class HolidaysConfig(AppConfig):
    name = "portal.holidays"
    label = "holidays"
    verbose_name = "放假安排"
    audit_words = {
        "calendar.enter": "登记放假或上班日",
        "calendar.withdraw": "撤销放假或上班日",
        "calendar.count": "确认期限按何种日计算",
    }

    def ready(self):
        from portal.holidays.export import register_lists

        register_lists()
