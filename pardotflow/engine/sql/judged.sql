-- The base of those cells, with the halves that were sent and have not been read back. A link that follows a conversion
-- or a merge brings the base of the old pair along.
-- A half is confirmed when the record shows our own write: our user, and a stamp of that moment. Until a read can have
-- seen the write, what it shows from before is not believed: the record counts as holding what was sent.
create or replace temp table judged as
with remembered as (
  -- A write whose answer never came did take effect where the record shows its value, and our user as the last writer.
  select c.*, b.field is not null as has_base, b.digest, coalesce(b.rewrites, 0) as rewrites, b.writer,
         coalesce((b.maybe_side = 'a' and c.a_writer = b.maybe_writer and c.a_stamp >= b.maybe_at - interval 2 second
                 and c.ra is not distinct from b.maybe_a)
               or (b.maybe_side = 'b' and c.b_writer = b.maybe_writer and c.b_stamp >= b.maybe_at - interval 2 second
                 and c.rb is not distinct from b.maybe_b), false) as landed,
         case when landed then b.maybe_a else b.a_value end as a_value, case when landed then b.maybe_b else b.b_value end as b_value,
         case when landed then b.maybe_side else b.sent_side end as sent_side,
         case when landed then b.maybe_at else b.sent_at end as sent_at,
         case when landed then case b.maybe_side when 'a' then c.a_stamp else c.b_stamp end else b.answered_at end as answered_at
  from cells c
  join mappings mp on mp.m = c.m
  left join mem.bases b on b.sync = {{ sync.name | literal }} and b.field = mp.key
    and b.a_object = c.old_a_obj and b.a_id = c.old_a_id and b.b_object = c.old_b_obj and b.b_id = c.old_b_id
),
based as (
  -- A record that a read after the lag shows as it was before our write did not take it, whatever was answered.
  select r.*, mp.key, mp.form, mp.stored_a, mp.stored_b, mp.flow, mp.policy, mp.on_link, mp.into_blank, mp.on_blank, mp.cut, mp.consent,
         mp.allow_opt_in, mp.line, mp.pii, mp.digest as digest_now,
         coalesce(sent_side = 'a' and ((landed or a_writer = r.writer) and a_stamp between sent_at - interval 2 second and answered_at + interval 2 second
           or a_stamp < sent_at - interval 2 second and a_read_at >= answered_at + interval {{ lag_a }} second), false) as a_confirmed,
         coalesce(sent_side = 'b' and ((landed or b_writer = r.writer) and b_stamp between sent_at - interval 2 second and answered_at + interval 2 second
           or b_stamp < sent_at - interval 2 second and b_read_at >= answered_at + interval {{ lag_b }} second), false) as b_confirmed,
         coalesce(sent_side = 'a' and a_stamp < sent_at - interval 2 second
           and a_read_at < answered_at + interval {{ lag_a }} second, false) as a_stale,
         coalesce(sent_side = 'b' and b_stamp < sent_at - interval 2 second
           and b_read_at < answered_at + interval {{ lag_b }} second, false) as b_stale
  from remembered r join mappings mp on mp.m = r.m
),
formed as (
  -- Read now on either side, and remembered of either side: each brought to its form once.
{% if uneven %}
  select *, list_transform([{'f': stored_a, 'v': ra}, {'f': stored_b, 'v': rb}, {'f': stored_a, 'v': a_value}, {'f': stored_b, 'v': b_value}],
                           lambda x: nf(x.f, x.v)) as forms from based
{% else %}
  select *, list_transform([ra, rb, a_value, b_value], lambda v: nf(stored_a, v)) as forms from based
{% endif %}
),
seen as (
  select * exclude (forms) replace (
      case when a_stale then a_value else ra end as ra, case when b_stale then b_value else rb end as rb,
      -- What was sent is compared as what the value map makes of it, as what is read is.
      case when a_stale then {% if sent_a %}case m {% for c in sent_a %}when {{ c.number }} then {{ c.sent_a }} {% endfor %}else forms[3] end{% else %}forms[3]{% endif %} else ca end as ca,
      case when b_stale then {% if sent_b %}case m {% for c in sent_b %}when {{ c.number }} then {{ c.sent_b }} {% endfor %}else forms[4] end{% else %}forms[4]{% endif %} else cb end as cb),
    case when a_confirmed then ra else a_value end as base_a,
    case when b_confirmed then rb else b_value end as base_b,
    case when a_stale then forms[3] else forms[1] end as na,
    case when b_stale then forms[4] else forms[2] end as nb,
    case when a_confirmed then forms[1] else forms[3] end as nba,
    case when b_confirmed then forms[2] else forms[4] end as nbb,
    (a_confirmed and forms[1] is distinct from forms[3]) or (b_confirmed and forms[2] is distinct from forms[4]) as rewritten
  from formed
)
select *,
  case when not has_base then 'new'
       when digest is distinct from digest_now then 'mapping_changed'
       when na is distinct from nba and nb is distinct from nbb then 'both_moved'
       when na is distinct from nba then 'a_moved'
       when nb is distinct from nbb then 'b_moved'
{% if translated %}
       -- Neither side moved, and who stands for the user did: what computes the value is another than it was.
       when m in ({{ translated | join(', ') }}) and rewrites = 0 and not rewritten then 'mapping_changed'
{% endif %}
       else 'same' end as found
from seen{{ '' if kept else ' where ca is distinct from cb' }};
