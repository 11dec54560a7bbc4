import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0005_overtaken_letters'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Rubric',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('per_month', models.PositiveSmallIntegerField(default=5)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-version'],
            },
        ),
        migrations.CreateModel(
            name='RubricLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name_bn', models.CharField(blank=True, max_length=120, verbose_name='name in Bengali')),
                ('name_en', models.CharField(blank=True, max_length=120, verbose_name='name in English')),
                ('position', models.PositiveSmallIntegerField()),
                ('about_bn', models.CharField(blank=True, max_length=300)),
                ('about_en', models.CharField(blank=True, max_length=300)),
                ('rubric', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='quality.rubric')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Sample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField()),
                ('position', models.PositiveSmallIntegerField()),
                ('seed', models.CharField(max_length=64)),
                ('drawn_from', models.PositiveIntegerField()),
                ('drawn_at', models.DateTimeField()),
                ('conversation', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quality_samples', to='messaging.conversation')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quality_samples', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-month', 'user_id', 'position'],
            },
        ),
        migrations.CreateModel(
            name='Scorecard',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('scored_at', models.DateTimeField()),
                ('comment', models.TextField(blank=True)),
                ('percent', models.PositiveSmallIntegerField()),
                ('percent_before', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('dispute_text', models.TextField(blank=True)),
                ('disputed_at', models.DateTimeField(blank=True, null=True)),
                ('answered_at', models.DateTimeField(blank=True, null=True)),
                ('answer_text', models.TextField(blank=True)),
                ('outcome', models.CharField(blank=True, choices=[('', 'Not answered yet'), ('kept', 'The score stays'), ('changed', 'The score was changed')], max_length=8)),
                ('answered_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('rubric', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.rubric')),
                ('sample', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='score', to='quality.sample')),
                ('scorer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='quality_scores', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-scored_at'],
            },
        ),
        migrations.CreateModel(
            name='ScoreLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('points', models.PositiveSmallIntegerField()),
                ('second_points', models.PositiveSmallIntegerField(blank=True, null=True)),
                ('card', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='lines', to='quality.scorecard')),
                ('line', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='quality.rubricline')),
            ],
            options={
                'ordering': ['line__position'],
            },
        ),
        migrations.CreateModel(
            name='GuideVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('text_bn', models.TextField()),
                ('text_en', models.TextField(blank=True)),
                ('made_at', models.DateTimeField()),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-version'],
                'constraints': [models.CheckConstraint(condition=models.Q(('text_bn', ''), _negated=True), name='quality_guide_has_text')],
            },
        ),
        migrations.AddConstraint(
            model_name='rubric',
            constraint=models.CheckConstraint(condition=models.Q(('per_month__gte', 1), ('per_month__lte', 50)), name='quality_rubric_per_month'),
        ),
        migrations.AddConstraint(
            model_name='rubricline',
            constraint=models.UniqueConstraint(fields=('rubric', 'position'), name='quality_line_once'),
        ),
        migrations.AddConstraint(
            model_name='rubricline',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('name_bn', ''), _negated=True), models.Q(('name_en', ''), _negated=True), _connector='OR'), name='quality_line_has_name'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.UniqueConstraint(fields=('month', 'user', 'conversation'), name='quality_sample_once'),
        ),
        migrations.AddConstraint(
            model_name='sample',
            constraint=models.UniqueConstraint(fields=('month', 'user', 'position'), name='quality_sample_place'),
        ),
        migrations.AddIndex(
            model_name='scorecard',
            index=models.Index(fields=['user', '-scored_at'], name='quality_score_user'),
        ),
        migrations.AddIndex(
            model_name='scorecard',
            index=models.Index(condition=models.Q(('answered_at__isnull', True), ('disputed_at__isnull', False)), fields=['disputed_at'], name='quality_score_disputed'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.CheckConstraint(condition=models.Q(('percent__lte', 100)), name='quality_percent'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.CheckConstraint(condition=models.Q(('scorer', models.F('user')), _negated=True), name='quality_nobody_scores_himself'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.CheckConstraint(condition=models.Q(('answered_by__isnull', True), models.Q(models.Q(('answered_by', models.F('scorer')), _negated=True), models.Q(('answered_by', models.F('user')), _negated=True)), _connector='OR'), name='quality_answered_by_a_second'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('dispute_text', ''), ('disputed_at__isnull', True)), models.Q(('disputed_at__isnull', False), models.Q(('dispute_text', ''), _negated=True)), _connector='OR'), name='quality_dispute_says_why'),
        ),
        migrations.AddConstraint(
            model_name='scorecard',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answer_text', ''), ('answered_at__isnull', True), ('answered_by__isnull', True), ('outcome', '')), models.Q(('answered_at__isnull', False), ('answered_by__isnull', False), ('disputed_at__isnull', False), ('outcome__in', ['kept', 'changed']), models.Q(('answer_text', ''), _negated=True)), _connector='OR'), name='quality_answer_whole'),
        ),
        migrations.AddConstraint(
            model_name='scoreline',
            constraint=models.UniqueConstraint(fields=('card', 'line'), name='quality_score_line_once'),
        ),
        migrations.AddConstraint(
            model_name='scoreline',
            constraint=models.CheckConstraint(condition=models.Q(('points__lte', 5), models.Q(('second_points__isnull', True), ('second_points__lte', 5), _connector='OR')), name='quality_score_points'),
        ),
    ]
