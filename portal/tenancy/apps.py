from django.apps import AppConfig
from django.db.models.signals import post_migrate


def after_migrate(sender, using, **kwargs):
    from django.db import connections

    from portal.tenancy.gate import install_gate
    from portal.tenancy.walls import raise_walls

    with connections[using].cursor() as cursor:
        cursor.execute("SELECT to_regclass('tenancy_account'), to_regclass('hazards_hazard')")
        if None in cursor.fetchone():
            return
    raise_walls(connections[using])
    install_gate(connections[using])


class TenancyConfig(AppConfig):
    name = "portal.tenancy"
    label = "tenancy"
    verbose_name = "租户与人员"
    audit_words = {
        "login": "登录",
        "logout": "退出登录",
        "login.failed": "登录失败",
        "login.locked": "登录被锁定",
        "password.change": "修改密码",
        "totp.enrol": "绑定动态口令",
        "totp.failed": "动态口令错误",
        "accounts.consent": "同意重置动态口令",
        "accounts.factor": "重置动态口令",
        "posting.switch": "切换任职",
        "tenancy.create": "开通城市",
        "people.add": "登记人员",
        "person.add": "登记人员",
        "person.change": "修改人员",
        "district.add": "增加区县",
        "district.change": "修改区县",
        "organisation.add": "增加单位",
        "organisation.change": "修改单位",
        "postings.start": "任职开始",
        "postings.end": "任职结束",
        "accounts.open": "开通账号",
        "accounts.open_again": "恢复账号",
        "accounts.reset": "重置密码",
        "accounts.close": "停用账号",
        "security.totp_roles": "设置动态口令角色",
        "shell.open": "运维终端进入",
    }

    def ready(self):
        # Signalled once the whole plan has run, so every table is there.
        from portal.tenancy.login import wire_login_signal

        post_migrate.connect(after_migrate, sender=self)
        wire_login_signal()
