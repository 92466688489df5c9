-- The mappings of a sync as rows: what the decision reads.
create or replace temp table mappings (
  m integer, key varchar, flow varchar, policy varchar, on_link varchar, into_blank boolean, on_blank varchar,
  cut boolean, form varchar, digest varchar, consent boolean, allow_opt_in boolean, line varchar, pii varchar);
{% for c in mappings %}
insert into mappings values ({{ c.number }}, {{ c.mapping.key | literal }}, '{{ c.flow.value }}', '{{ c.mapping.policy.value }}',
  '{{ c.mapping.on_link.value }}', {{ c.mapping.into.value == 'blank' }}, '{{ c.mapping.on_blank.value }}',
  {{ c.mapping.too_long.value == 'cut' }}, '{{ c.form.value }}', '{{ c.digest }}', {{ c.mapping.policy.value == 'consent' }},
  {{ c.mapping.allow_opt_in }}, {{ c.mapping.span.short | literal }}, {{ c.mapping.pii | literal }});
{% endfor %}

-- What each mapping writes, by side and object, and what that field takes.
create or replace temp table targets (
  m integer, role varchar, obj varchar, field varchar, type varchar, length integer, restricted varchar[]);
{% for c in mappings %}
{% for role, list in [('a', c.targets_a), ('b', c.targets_b)] %}
{% for t in list %}
insert into targets values ({{ c.number }}, '{{ role }}', {{ t.object | literal }}, {{ t.field | literal }},
  '{{ t.type.value }}', {{ t.length }}, [{{ t.restricted | literals }}]);
{% endfor %}
{% endfor %}
{% endfor %}

-- A normal form by its name, for values that stand one under another.
create or replace temp macro nf(form, x) as
  case form when 'checkbox' then nf_checkbox(x) when 'boolean' then nf_boolean(x) when 'set' then nf_set(x)
            when 'date' then nf_date(x) when 'datetime' then nf_datetime(x) when 'number' then nf_number(x)
            when 'email' then nf_email(x) when 'id' then nf_id(x) else nf_text(x) end;
