import django_filters as filters

from portal.tenancy.models import Account, fold_login


class AccountFilter(filters.FilterSet):
    username = filters.CharFilter(method="named", label="登录名")

    class Meta:
        model = Account
        fields: list[str] = []

    def named(self, queryset, name, value):
        return queryset.filter(username=fold_login(value))
