import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('tenancy', '0003_certificate_until'),
    ]

    operations = [
        migrations.CreateModel(
            name='Received',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scan', models.CharField(choices=[('off', '未查杀'), ('waiting', '待扫描'), ('clean', '干净'), ('infected', '感染'), ('failed', '扫描失败')], db_default='off', default='off', max_length=8, verbose_name='病毒查杀')),
                ('scanned_at', models.DateTimeField(blank=True, null=True, verbose_name='扫描时间')),
                ('found', models.CharField(blank=True, db_default='', max_length=100, verbose_name='查出')),
                ('digest', models.CharField(max_length=64, verbose_name='SM3')),
                ('came_at', models.DateTimeField(auto_now_add=True, verbose_name='收到时间')),
                ('tenant', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tenancy.tenant')),
            ],
            options={
                'verbose_name': '收到的文件',
                'verbose_name_plural': '收到的文件',
                'constraints': [models.UniqueConstraint(fields=('tenant', 'digest'), name='received_once')],
                'indexes': [models.Index(condition=models.Q(('scan__in', ['waiting', 'failed'])), fields=['tenant', 'id'], name='received_unscanned')],
            },
        ),
    ]
