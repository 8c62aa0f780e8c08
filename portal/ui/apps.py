from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "portal.ui"
    label = "ui"
    verbose_name = "界面"

    def ready(self):
        from portal.ui.newlines import count_as_typed
        from portal.ui.sentences import speak_up

        speak_up()
        count_as_typed()
