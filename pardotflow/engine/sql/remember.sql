-- The ids that new records got.
create or replace temp table new_ids as
select c.system, c.object, c.id as planned_id, o.record_id
from plan.changes c join (select change, record_id from outcomes union all from made_before) o using (change)
where c.action = 'create' and o.record_id <> '';

-- Pairs of which a record is not what it was when the plan saw it.
create or replace temp table moved_pairs as
with pairs as (select sync, a_object, a_id, b_object, b_id from plan.links
               union select sync, a_object, a_id, b_object, b_id from plan.agreed)
{% for role in ['a', 'b'] %}
{{ 'union' if not loop.first }}
select p.sync, p.a_object, p.a_id, p.b_object, p.b_id from pairs p join plan.syncs y on y.sync = p.sync
join moved_records m on m.system = y.{{ role }}_system and m.object = p.{{ role }}_object and m.id = p.{{ role }}_id
{% endfor %};

create or replace temp table resolved_links as
select l.* replace (coalesce(na.record_id, l.a_id) as a_id, coalesce(nb.record_id, l.b_id) as b_id,
                    coalesce(na.record_id, l.old_a_id) as old_a_id, coalesce(nb.record_id, l.old_b_id) as old_b_id)
from plan.links l
left join new_ids na on na.planned_id = l.a_id and na.object = l.a_object and na.system = (select a_system from plan.syncs y where y.sync = l.sync)
left join new_ids nb on nb.planned_id = l.b_id and nb.object = l.b_object and nb.system = (select b_system from plan.syncs y where y.sync = l.sync)
where (not starts_with(l.a_id, 'new:') or na.record_id is not null)
  and (not starts_with(l.b_id, 'new:') or nb.record_id is not null)
  {% if not is_newest %}and (na.record_id is not null or nb.record_id is not null){% endif %}

  and not exists (from moved_pairs m where m.sync = l.sync and m.a_id = l.a_id and m.b_id = l.b_id);

-- What an earlier run of the plan has linked keeps the run that made it.
delete from resolved_links r using mem.links m
where starts_with(r.kind, 'created:') and m.sync = r.sync and m.origin = r.kind
  and m.a_object = r.a_object and m.a_id = r.a_id and m.b_object = r.b_object and m.b_id = r.b_id;

-- A link that follows a conversion or a merge takes the bases of the old one along.
update mem.bases b set a_object = r.a_object, a_id = r.a_id, b_object = r.b_object, b_id = r.b_id
from resolved_links r
where r.kind = 'followed' and b.sync = r.sync
  and b.a_object = r.old_a_object and b.a_id = r.old_a_id and b.b_object = r.old_b_object and b.b_id = r.old_b_id;

delete from mem.links l using resolved_links r
where l.sync = r.sync and ((l.a_object = r.old_a_object and l.a_id = r.old_a_id and l.b_object = r.old_b_object and l.b_id = r.old_b_id)
  or (l.a_object = r.a_object and l.a_id = r.a_id and l.b_object = r.b_object and l.b_id = r.b_id));

insert into mem.links
select sync, a_object, a_id, b_object, b_id, case when kind in ('followed', 'tombstone') then 'found' else kind end,
       {{ run_id | literal }}, timestamp '{{ now }}', tombstone
from resolved_links where kind <> 'forgotten';

delete from mem.bases b using resolved_links r
where r.kind = 'forgotten' and b.sync = r.sync and b.a_object = r.old_a_object and b.a_id = r.old_a_id
  and b.b_object = r.old_b_object and b.b_id = r.old_b_id;

-- Bases of what was sent, and of what agreed without a write. An answer says at once what is stored; the half is still
-- `sent` until a read shows the write, because a lagging cache may go on showing what was there before.
create or replace temp table new_bases as
select b.sync, b.a_object, coalesce(na.record_id, b.a_id) as a_id, b.b_object, coalesce(nb.record_id, b.b_id) as b_id,
       b.mapping as field, b.digest,
       case when b.sent_side = 'a' and s.change is not null then s.value else b.a_value end as a_value,
       case when b.sent_side = 'b' and s.change is not null then s.value else b.b_value end as b_value,
       b.sent_side, o.sent_at, o.answered_at, w.writer,
       {% if told_otherwise %}case when s.change is not null and stored_form(f.type, s.value)
              is distinct from stored_form(f.type, case b.sent_side when 'a' then b.a_value else b.b_value end)
            then 1 else 0 end{% else %}0{% endif %} as rewrites
from plan.bases b
join outcomes o using (change)
join plan.changes c using (change)
left join writers w on w.system = c.system
left join stored s on s.change = b.change and s.field = b.field
{% if told_otherwise %}
left join plan.field_changes f on f.change = b.change and f.field = b.field
{% endif %}
left join new_ids na on na.planned_id = b.a_id and na.object = b.a_object and na.system = (select a_system from plan.syncs y where y.sync = b.sync)
left join new_ids nb on nb.planned_id = b.b_id and nb.object = b.b_object and nb.system = (select b_system from plan.syncs y where y.sync = b.sync)
where b.mapping is not null and (not starts_with(b.a_id, 'new:') or na.record_id is not null)
  and (not starts_with(b.b_id, 'new:') or nb.record_id is not null)
union all
select a.sync, a.a_object, a.a_id, a.b_object, a.b_id, a.mapping, a.digest, a.a_value, a.b_value, null, null, null, null, a.rewrites
from plan.agreed a
where {{ 'true' if is_newest else 'false' }}
  and not exists (from moved_pairs m where m.sync = a.sync and m.a_id = a.a_id and m.b_id = a.b_id);

create or replace temp table replaced as
select n.*, coalesce(b.rewrites, 0) as earlier
from new_bases n left join mem.bases b on b.sync = n.sync and b.field = n.field
  and b.a_object = n.a_object and b.a_id = n.a_id and b.b_object = n.b_object and b.b_id = n.b_id
-- The very write that is remembered already, folded in a second time: what its answer told is not known any more.
where b.sync is null or n.sent_at is null or (b.sent_side, b.sent_at, b.answered_at) is distinct from (n.sent_side, n.sent_at, n.answered_at)
qualify row_number() over (partition by n.sync, n.a_object, n.a_id, n.b_object, n.b_id, n.field order by n.sent_at desc nulls last) = 1;

delete from mem.bases b using replaced r
where b.sync = r.sync and b.field = r.field and b.a_object = r.a_object and b.a_id = r.a_id
  and b.b_object = r.b_object and b.b_id = r.b_id;
insert into mem.bases by name
select sync, a_object, a_id, b_object, b_id, field, digest, a_value, b_value, sent_side, sent_at, answered_at, writer,
       case when sent_at is not null then earlier + rewrites else rewrites end as rewrites
from replaced;

-- A write whose answer never came may have taken effect: the record will tell.
update mem.bases b
set maybe_a = p.a_value, maybe_b = p.b_value, maybe_side = p.sent_side, maybe_at = l.sent_at, maybe_writer = w.writer
from plan.bases p join lost l using (change) join plan.changes c using (change) join writers w on w.system = c.system
where b.sync = p.sync and b.field = p.mapping and b.a_object = p.a_object and b.a_id = p.a_id
  and b.b_object = p.b_object and b.b_id = p.b_id;

-- A field that left the mapping loses its base, unless its sync is paused.
delete from mem.bases
where sync in (select sync from plan.syncs)
  and sync not in (select sync from plan.left_out where reason = 'paused')
  and (sync, field) not in (select sync, mapping from plan.mappings);

-- When we wrote which record: such a stamp says nothing about when a person did.
create or replace temp table new_writes as
select c.system, c.object, case when starts_with(c.id, 'new:') then o.record_id else c.id end as id,
       o.sent_at as from_at, o.answered_at as to_at, w.writer, false as is_open
from plan.changes c join outcomes o using (change) left join writers w on w.system = c.system
union all
select c.system, c.object, c.id, l.sent_at, l.given_up_at, w.writer, true
from plan.changes c join lost l using (change) left join writers w on w.system = c.system
where not starts_with(c.id, 'new:');
delete from mem.writes m using new_writes n where m.system = n.system and m.object = n.object and m.id = n.id;
-- A record that came out of the recycle bin was written by two requests.
insert into mem.writes by name
select system, object, id, min(from_at) as from_at, max(to_at) as to_at, min(writer) as writer, bool_or(is_open) as is_open,
       {{ run_id | literal }} as run_id
from new_writes where id <> '' group by system, object, id;

-- What was written to which field of a record that was there before: the last few times of each, each time once.
insert into mem.history by name
select f.sync, c.system, c.object, c.id, f.field, {{ run_id | literal }} as run_id, o.answered_at as written_at, f.before,
       coalesce(n.record_id, f.after) as after, f.line
from plan.field_changes f join plan.changes c using (change) join outcomes o using (change)
left join new_ids n on n.planned_id = f.after_ref
where f.sendable and c.action = 'update' and not exists (from mem.history h where h.system = c.system and h.object = c.object
  and h.id = c.id and h.field = f.field and h.written_at = o.answered_at and (h.run_id = {{ run_id | literal }} or h.sync = f.sync));
delete from mem.history where rowid in (
  select h.rowid from mem.history h join plan.changes c on c.system = h.system and c.object = h.object and c.id = h.id
  join outcomes o using (change)
  qualify row_number() over (partition by h.system, h.object, h.id, h.field order by h.written_at desc, h.run_id) > {{ kept_writes }});
{% if is_newest %}

-- Rules and pauses begin with the first apply, and end with the first that does not know them any more; what was seen of
-- the vendor's connector is known from now on. A narrowed plan knows none of that.
create or replace temp table moments as
select split_part(key, '/', 2) as sync, split_part(key, '/', 3) as what, try_cast(value as timestamp) as moment
from plan.meta where starts_with(key, 'moment/');
delete from mem.moments m
where (m.what = 'connector' or not exists (from moments n where n.sync = m.sync and n.what = m.what))
  and exists (from plan.meta where key = 'selection' and value = '');
insert into mem.moments
select * from moments n where not exists (from mem.moments m where m.sync = n.sync and m.what = n.what);
{% endif %}
