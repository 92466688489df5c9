-- Everything that the syncs found becomes one ordered plan. A record that several syncs write is one change.
-- Where a table is empty (it is not among `filled`) so is what comes of it, which is then not even planned.
create or replace temp table strengths as select sync, position, strength in ('apply', 'scheduled') as sendable from plan.syncs;

{% if 'out_fields' in filled %}
insert into plan.held
select o.sync, o.system, o.object, case when starts_with(o.id, 'new:') then 'new' else o.id end, min(o.name), '',
       null, null, 'refused', min(r.code || ': ' || r.message), {{ 'o.line' | first_place }}, ''
from out_fields o join refused r on r.system = o.system and r.object = o.object and r.id = o.id
where r.state <> 'ignored'
group by o.sync, o.system, o.object, o.id;

insert into plan.refused select distinct system, object, id, action, state from refused;

-- The id of a record whose create was refused does not come into being.
create or replace temp table kept as
select * from out_fields o
where not exists (from refused r where r.system = o.system and r.object = o.object and r.id = o.id)
  and not exists (from refused r where starts_with(r.id, 'new:') and r.id = o.after_ref)
  and not exists (from refused r where starts_with(r.id, 'new:') and r.id = o.a_id)
  and not exists (from refused r where starts_with(r.id, 'new:') and r.id = o.b_id);

create or replace temp table numbered as
select system, object, id, min(name) as name,
       case when starts_with(id, 'new:') then 'create' else 'update' end as action,
       {{ 'line' | first_place }} as line, bool_or(s.sendable) as sendable, min(after_ref) as refers_to,
       row_number() over (order by case when starts_with(id, 'new:') then 0 else 1 end, system desc, object, id) as change
from kept join strengths s using (sync)
group by system, object, id;

insert into plan.changes
select n.change, n.system, n.object, n.id, n.name, n.action, '', coalesce(c.key_field, ''), coalesce(c.key_value, ''),
       n.refers_to, n.sendable, coalesce(c.line, n.line)
from numbered n left join (
  from out_creates qualify row_number() over (partition by system, object, id order by key_field = '', sync) = 1
) c on c.system = n.system and c.object = n.object and c.id = n.id;

insert into plan.create_keys
select n.change, k.sync, k.key_no, k.value
from out_create_keys k join numbered n on n.system = k.system and n.object = k.object and n.id = k.id;

insert into plan.field_changes
select n.change, k.sync, k.field, k.type, k.before, k.after, k.after_ref, k.after_note,
       case when n.action = 'create' then 'create' else k.section end, k.situation, k.reason, k.line, k.pii, s.sendable
from kept k join numbered n on n.system = k.system and n.object = k.object and n.id = k.id join strengths s using (sync)
-- What is sent comes before what is only shown; a later sync's value before an earlier one's.
qualify row_number() over (partition by n.change, k.field
  order by s.sendable desc, k.action = 'update' desc, s.position desc, k.reason, k.after) = 1;

insert into plan.bases
select n.change, k.sync, k.a_obj, k.a_id, k.b_obj, k.b_id, k.mapping, k.digest, k.base_a, k.base_b, k.sent_side, k.field
from kept k join numbered n on n.system = k.system and n.object = k.object and n.id = k.id join strengths s using (sync)
where (k.mapping is not null or k.section = 'id') and s.sendable
  and exists (from plan.field_changes f where f.change = n.change and f.field = k.field and f.sync = k.sync);
{% endif %}

{% if 'out_links' in filled %}
insert into plan.links
select l.* from out_links l join strengths s on s.sync = l.sync where s.sendable;
{% endif %}
{% if 'out_creates' in filled %}
insert into plan.links
select distinct c.sync, c.a_obj, c.a_id, c.b_obj, c.b_id, c.a_obj, c.a_id, c.b_obj, c.b_id, 'created:' || c.system, null
from out_creates c join strengths s on s.sync = c.sync
where s.sendable and not exists (from refused r where r.id = c.id);
{% endif %}
{% if 'out_fields' in filled %}
-- Pairs with a record that does not exist yet are remembered as soon as it does.
insert into plan.links
select distinct k.sync, k.a_obj, k.a_id, k.b_obj, k.b_id, k.a_obj, k.a_id, k.b_obj, k.b_id, 'found', null
from kept k join strengths s on s.sync = k.sync
where s.sendable and (starts_with(k.a_id, 'new:') or starts_with(k.b_id, 'new:'))
  and not exists (from plan.links l where l.sync = k.sync and l.a_id = k.a_id and l.b_id = k.b_id);
{% endif %}
{% if 'out_agreed' in filled %}

insert into plan.agreed select a.* from out_agreed a join strengths s on s.sync = a.sync where s.sendable;
{% endif %}
{% if 'out_conflicts' in filled %}

insert into plan.conflicts
select c.sync, s.a_system, a_obj, a_id, a_name, s.b_system, b_obj, b_id, b_name, field, a_value, b_value, base_a, base_b, winner, reason, c.line, pii, a_changed_at, b_changed_at, by_person
from out_conflicts c join plan.syncs s on s.sync = c.sync;
{% endif %}
{% for found, kept in copied.items() if found in filled %}
insert into plan.{{ kept }} select {{ 'distinct ' if kept == 'skipped' }}* from {{ found }};
{% endfor %}
insert into plan.matched
select m.sync, m.key_no, k.key, m.pairs from out_matched m join all_keys k on k.sync = m.sync and k.key_no = m.key_no;
