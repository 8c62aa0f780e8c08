import django.db.models.deletion
from django.db import migrations, models

import portal.documents.verifying
import portal.tenancy.models


class Migration(migrations.Migration):

    dependencies = [
        ('inspections', '0010_voice_notes'),
    ]

    operations = [
        migrations.AddField(
            model_name='draw',
            name='reasons',
            field=models.JSONField(blank=True, default=list, db_default=[], help_text='of each that is avoided; not published', verbose_name='回避原因'),
        ),
        migrations.AlterField(
            model_name='draw',
            name='avoided',
            field=models.JSONField(help_text='person, plant (0 for all); before 公示 there was, also the reason', verbose_name='回避'),
        ),
        migrations.CreateModel(
            name='DrawNotice',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('verify_code', models.CharField(default=portal.documents.verifying.verification_code, max_length=32)),
                ('organisation_name', models.CharField(max_length=120, verbose_name='检查单位')),
                ('title', models.CharField(max_length=80, verbose_name='抽查名称')),
                ('month', models.DateField(verbose_name='检查月份')),
                ('size', models.PositiveIntegerField(verbose_name='抽取家数')),
                ('plants', models.JSONField(help_text='id, code, name', verbose_name='企业名单')),
                ('people', models.JSONField(help_text='id, certificate, name', verbose_name='检查人员名单')),
                ('avoided', models.JSONField(help_text='person, plant (0 for all)', verbose_name='回避')),
                ('digest', models.CharField(max_length=64, verbose_name='名单SM3')),
                ('published_at', models.DateTimeField(auto_now_add=True, verbose_name='公布时间')),
                ('seed', models.CharField(blank=True, max_length=100, verbose_name='种子')),
                ('result', models.JSONField(blank=True, default=list, help_text='plant, pair; in the order drawn', verbose_name='结果')),
                ('drawn_at', models.DateTimeField(blank=True, null=True, verbose_name='抽取时间')),
                ('announced_at', models.DateTimeField(blank=True, null=True, verbose_name='结果公示时间')),
                ('announced_by', models.CharField(blank=True, max_length=40, verbose_name='结果公示人')),
                ('district', portal.tenancy.models.TenantForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.district', verbose_name='区县')),
                ('draw', portal.tenancy.models.TenantForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='notices', to='inspections.draw', verbose_name='双随机抽查')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.tenant')),
            ],
            options={
                'verbose_name': '双随机公示',
                'verbose_name_plural': '双随机公示',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['verify_code'], name='draw_by_code')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'draw'), name='draw_published_once'), models.UniqueConstraint(fields=('tenant', 'verify_code'), name='draw_code_once'), models.CheckConstraint(condition=models.Q(models.Q(('announced_at', None), ('seed', '')), models.Q(models.Q(('seed', ''), _negated=True), ('announced_at__isnull', False)), _connector='OR'), name='draw_result_announced')],
            },
        ),
    ]
