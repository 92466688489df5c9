-- The mappings of a sync as rows: what the decision reads.
create or replace temp table mappings (
  m integer, key varchar, flow varchar, policy varchar, on_link varchar, into_blank boolean, on_blank varchar,
  cut boolean, form varchar, stored_a varchar, stored_b varchar, digest varchar, consent boolean, allow_opt_in boolean, line varchar, pii varchar);
insert into mappings values
{% for c in mappings %}
  ({{ c.number }}, {{ c.mapping.key | literal }}, '{{ c.flow.value }}', '{{ c.mapping.policy.value }}',
  '{{ c.mapping.on_link.value }}', {{ c.mapping.into.value == 'blank' }}, '{{ c.mapping.on_blank.value }}',
  {{ c.mapping.too_long.value == 'cut' }}, '{{ c.form.value }}', '{{ c.stored_a.value }}', '{{ c.stored_b.value }}', '{{ c.digest }}', {{ c.mapping.policy.value == 'consent' }},
  {{ c.mapping.allow_opt_in }}, {{ c.mapping.span.short | literal }}, {{ c.mapping.pii | literal }}){{ "," if not loop.last else ";" }}
{% endfor %}

-- What each mapping writes, by side and object, and what that field takes.
create or replace temp table targets (
  m integer, role varchar, obj varchar, field varchar, type varchar, length integer, restricted varchar[]);
insert into targets values
{% for role, c, t in targets %}
  ({{ c.number }}, '{{ role }}', {{ t.object | literal }}, {{ t.field | literal }},
  '{{ t.type.value }}', {{ t.length }}, cast([{{ t.restricted | literals }}] as varchar[])){{ "," if not loop.last else ";" }}
{% endfor %}

-- A normal form by its name, for values that stand one under another; only the forms that this sync has.
create or replace temp macro nf(form, x) as
  case form{% for form in forms %} when '{{ form }}' then nf_{{ form }}(x){% endfor %} end;
