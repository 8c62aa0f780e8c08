"""批量办理 over the API: the verbs of portal.bulk, the forms of the pages, one answer a record."""

from collections.abc import Mapping

from rest_framework import serializers
from rest_framework.response import Response

from portal.bulk import MOST, Bulk


class BulkSerializer(serializers.Serializer):
    """The owning app adds `verb`, with its own choices."""

    ids = serializers.ListField(child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), max_length=MOST)
    told = serializers.DictField(child=serializers.CharField(max_length=1000), required=False, default=dict)


class BulkRefusal(serializers.Serializer):
    id = serializers.IntegerField()
    message = serializers.CharField()


class BulkAnswer(serializers.Serializer):
    done = serializers.ListField(child=serializers.IntegerField())
    refused = BulkRefusal(many=True)


def done_to_all(bulk: Bulk, forms: Mapping[str, type], asked: Mapping) -> Response:
    form = forms[asked["verb"]](asked["told"])
    if not form.is_valid():
        raise serializers.ValidationError({"told": form.errors})
    outcomes = bulk.do_to_all(asked["verb"], asked["ids"], form.cleaned_data)
    return Response(
        {
            "done": [one.record.pk for one in outcomes if one.done],
            "refused": [{"id": one.record.pk, "message": one.sentence} for one in outcomes if not one.done],
        }
    )
