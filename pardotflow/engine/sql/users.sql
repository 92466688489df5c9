-- Users of one system as users of the other: one row a user of the source, with the target's id, or with the reason why
-- there is none. A pair of the file wins; then the first way that finds an active user decides.
create or replace temp table user_rows as
select 'salesforce' as system, nf_id(_id) as key, _id as id, nf_email("Email") as email, nf_email("Username") as login,
       cast(null as varchar) as names, _visible and not _deleted and coalesce("IsActive" = 'true', false) as live, _name as name, _visible as seen
from "rows.salesforce.User"
union all
select 'pardot', _id, _id, nf_email("email"), null, nf_id("salesforceId"), _visible and not _deleted, _name, _visible
from "rows.pardot.user";

{% for u in users %}
{% set by_id = by.SALESFORCE_ID in u.users.match %}
create or replace temp table {{ u.table }} as
with s as (from user_rows where system = '{{ u.source.value }}'),
t as (from user_rows where system = '{{ u.target.value }}'),
found as (
  select null as key, 0 as step, null as id, null as name, false as live, true as seen where false
{% if pairs(u) %}
  union all
  select s.key, 0, t.id, t.name, coalesce(t.live, false), coalesce(t.seen, true)
  from s join (values {% for source, target in pairs(u) %}({{ source }}, {{ target }}){{ ", " if not loop.last }}{% endfor %}) as p (source, target)
    on p.source in (s.key, s.email, s.login)
  left join t on p.target in (t.key, t.email, t.login)
{% endif %}
{% for way in u.users.match %}
  union all
{% if way == by.SALESFORCE_ID %}
  select s.key, {{ loop.index }}, t.id, t.name, t.live, t.seen from s join t on {{ 't.names = s.key' if u.source.value == 'salesforce' else 's.names = t.key' }}
{% else %}
  -- A Pardot user who is somebody else's by id is not this one by e-mail.
  select s.key, {{ loop.index }}, t.id, t.name, t.live, t.seen from s join t on s.email = t.email
  {% if by_id %}where {{ 'coalesce(t.names = s.key, true)' if u.source.value == 'salesforce' else 'coalesce(s.names = t.key, true)' }}{% endif %}

{% endif %}
{% endfor %}
),
best as (
  select key, step, count(distinct id) filter (live) as n, min(id) filter (live) as id,
         string_agg(distinct name || ' (' || id || ')', ', ' order by name || ' (' || id || ')') filter (live) as names
  from found group by key, step having step = 0 or count(*) filter (live) > 0
  qualify row_number() over (partition by key order by step) = 1
),
-- Absence proves nothing: who was not seen this time is not replaced by anybody.
unseen as (select distinct key from found where not seen),
spare as (
  select {% if u.users.fallback %}case when count(*) = 1 then min(id) end as id from t where live and {{ normal(u.users.fallback, u.target) }} in (key, email, login){% else %}cast(null as varchar) as id{% endif %}

)
select s.key,
  case when b.n > 1 then chr(2) || s.name || chr(2) || 'several users of {{ u.target.value }}: ' || b.names
       when b.n = 1 and (s.live or b.step = 0) then b.id
       when not s.seen then chr(2) || s.name || chr(2) || 'not seen in {{ u.source.value }} this time'
       when unseen.key is not null then chr(2) || s.name || chr(2) || 'the user of {{ u.target.value }} was not seen this time'
       else coalesce(spare.id, chr(2) || s.name || chr(2)
         || case when b.step = 0 then 'the user that the map gives is not active in {{ u.target.value }}'
                 when not s.live then 'not active in {{ u.source.value }}'
                 else 'no active user of {{ u.target.value }} by {% for way in u.users.match %}{{ way.value }}{{ " or " if not loop.last }}{% endfor %}' end
         {% if u.users.fallback %}|| '; the fallback ' || {{ u.users.fallback | literal }} || ' is not active there'{% endif %}) end as value
from s left join best b on b.key = s.key left join unseen on unseen.key = s.key cross join spare
union all
select '', id from spare
{% if u.source.value == 'salesforce' and u.users.queues != queues.SKIP %}
union all
select nf_id(_id), {% if u.users.queues == queues.FALLBACK %}coalesce(spare.id, chr(2) || _name || chr(2) || 'a queue owns it; the fallback is not active'){% else %}chr(2) || _name || chr(2) || 'a queue owns it'{% endif %}

from "rows.salesforce.Group" cross join spare
{% endif %};
{% endfor %}
