import django_filters as filters

from portal.exports.models import ExportJob


class ExportFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ExportJob.State.choices, label="状态", empty_label="全部状态")

    class Meta:
        model = ExportJob
        fields: list[str] = []
