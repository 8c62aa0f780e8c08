"""The city's map, as uploaded."""

from django import forms

from enterprises.models import Coordinates


class CityMapForm(forms.Form):
    file = forms.FileField(
        label="区县边界（GeoJSON）",
        widget=forms.ClearableFileInput(attrs={"accept": ".geojson,.json,application/geo+json"}),
        help_text="FeatureCollection，每个区县或功能区是一个Polygon或MultiPolygon，名称写在属性“name”里。",
        error_messages={"required": "请选择边界文件。", "empty": "文件是空的，请重新选择。"},
    )
    coordinates_in = forms.ChoiceField(
        label="边界用的坐标系",
        choices=[("", "请选择"), *Coordinates.choices],
        help_text="自然资源部门给的CGCS2000边界选WGS-84，两者只差厘米。",
        error_messages={"required": "请选择边界所用的坐标系。"},
    )
