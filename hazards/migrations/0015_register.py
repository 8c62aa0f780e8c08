"""Registers of hazards: uploaded workbooks with what was read in them and what became of each row."""


import django.db.models.deletion
import portal.tenancy.models
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('hazards', '0014_documents'),
        ('tenancy', '0002_one_administration_on_any_day'),
    ]

    operations = [
        migrations.CreateModel(
            name='HazardImport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('filename', models.CharField(max_length=200, verbose_name='文件名')),
                ('digest', models.CharField(max_length=64, verbose_name='SM3')),
                ('content', models.BinaryField(verbose_name='文件')),
                ('signature', models.CharField(max_length=64, verbose_name='表头摘要')),
                ('mapping', models.JSONField(help_text='enterprises.ledger.Mapping', verbose_name='列对应')),
                ('by_hand', models.BooleanField(default=False, verbose_name='列对应由人改过')),
                ('found', models.JSONField(help_text='rows, refused, ignored', verbose_name='各行')),
                ('answers', models.JSONField(default=list, help_text='what confirming did with each row', verbose_name='结果')),
                ('written', models.JSONField(default=dict, verbose_name='已写入')),
                ('state', models.CharField(choices=[('preview', '待确认'), ('done', '已导入'), ('back', '已撤回')], default='preview', max_length=7, verbose_name='状态')),
                ('by_name', models.CharField(max_length=40, verbose_name='上传人')),
                ('by_unit', models.CharField(blank=True, max_length=120, verbose_name='单位')),
                ('made_at', models.DateTimeField(auto_now_add=True, verbose_name='上传时间')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='导入时间')),
                ('finished_by', models.CharField(blank=True, max_length=40, verbose_name='导入人')),
                ('back_at', models.DateTimeField(blank=True, null=True, verbose_name='撤回时间')),
                ('back_why', models.CharField(blank=True, max_length=300, verbose_name='撤回理由')),
                ('district', portal.tenancy.models.TenantForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.district', verbose_name='区县')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.tenant')),
            ],
            options={
                'verbose_name': '隐患台账导入',
                'verbose_name_plural': '隐患台账导入',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['tenant', 'district', '-id'], name='hazard_import_by_district')],
                'constraints': [models.UniqueConstraint(fields=('tenant', 'district', 'digest'), name='hazard_import_once', nulls_distinct=False)],
            },
        ),
    ]
