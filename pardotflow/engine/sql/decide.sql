-- The decision table (engine/truth.py) as SQL: whose value goes to the other side, in which section, or why not.
create or replace temp table decided as
with rules (flow, found, source, section) as (values
{% for rule in rules %}
  ('{{ rule.flow.value }}', '{{ rule.found.value }}', '{{ rule.source.value }}', '{{ rule.section.value }}'){{ "," if not loop.last }}
{% endfor %}
),
{% if needed.consent %}
consent_rules (flow, found, opted_out, source, opt_in) as (values
{% for rule in consent_rules %}
  ('{{ rule.flow.value }}', '{{ rule.found.value }}', '{{ rule.opted_out.value }}', '{{ rule.source.value }}', {{ rule.opt_in }}){{ "," if not loop.last }}
{% endfor %}
),
{% endif %}
{% if needed.vendor %}
vendor_rules (policy, clears, filled, source) as (values
{% for rule in vendor_rules %}
  ('{{ rule.policy.value }}', {{ rule.clears }}, '{{ rule.filled.value }}', '{{ rule.source.value }}'){{ "," if not loop.last }}
{% endfor %}
),
{% endif %}
{% if needed.times %}
writes_of as (
  select object, id, system, from_at, to_at, case when is_open then timestamp 'infinity' else to_at + interval 2 second end as until, writer from mem.writes
),
timed as (
  -- A stamp that our own write made does not say when a person changed the field, but that it was not later.
  select j.*,
    case when {% if histories %}ft.m is not null then ft.changed_at when {% endif %}wa.id is null then j.a_stamp end as a_time,
    case when wb.id is null then j.b_stamp end as b_time,
    coalesce(a_time, case when {% if histories %}ft.m is null and {% endif %}j.a_stamp >= wa.from_at - interval 2 second then j.a_stamp end) as a_until,
    coalesce(b_time, case when j.b_stamp >= wb.from_at - interval 2 second then j.b_stamp end) as b_until,
    {{ "case when ft.m is null then 'record' else 'field history' end" if histories else "'record'" }} as clock,
    {{ "ft.doubt" if histories else "cast(null as varchar)" }} as doubt
  from judged j
{% if histories %}
  -- Salesforce is `a`; of Pardot there is the time of the record alone.
  left join field_times ft on ft.m = j.m and ft.a_obj = j.a_obj and ft.a_id = j.a_id
{% endif %}
{% for role in ['a', 'b'] %}
  left join writes_of w{{ role }} on w{{ role }}.system = '{{ sync.side(role).system.value }}' and w{{ role }}.object = j.{{ role }}_obj and w{{ role }}.id = j.{{ role }}_id
    and (w{{ role }}.writer = j.{{ role }}_writer and j.{{ role }}_stamp between w{{ role }}.from_at - interval 2 second and w{{ role }}.until
      -- A read that lags behind our write may not show yet what a person did before it.
      or j.{{ role }}_stamp < w{{ role }}.from_at - interval 2 second and j.{{ role }}_read_at < w{{ role }}.to_at + interval {{ lags[role] }} second)
{% endfor %}
),
{% endif %}
asked as (
  select j.*, rules.source, rules.section,
    case when ca = 'true' then 'a' else 'b' end as opted_out,
{% if needed.times %}
    case when epoch_ms(a_time) - epoch_ms(b_until) >= 1000 then 'a'
         when epoch_ms(b_time) - epoch_ms(a_until) >= 1000 then 'b' else 'ask' end as newer,
    -- What the reader is told of the two times, or why they do not tell.
    'most_recent by ' || clock || ': {{ sync.a.system.value.capitalize() }} ' || case when a_time is null then 'before ' else '' end || strftime(a_until, '%Y-%m-%d %H:%M:%S')
      || ', {{ sync.b.system.value.capitalize() }} ' || case when b_time is null then 'before ' else '' end
      || case when a_until::date = b_until::date then strftime(b_until, '%H:%M:%S') else strftime(b_until, '%Y-%m-%d %H:%M:%S') end || ' UTC' as compared,
    case when doubt is not null then doubt
         when a_time is null then 'our own write was the last in {{ sync.a.system.value.capitalize() }}'
         when b_time is null then 'our own write was the last in {{ sync.b.system.value.capitalize() }}'
         else 'both changed within the same second' end as untold
{% else %}
    'record' as clock, 'ask' as newer, cast(null as varchar) as compared, cast(null as varchar) as untold
{% endif %}
  from {{ 'timed' if needed.times else 'judged' }} j left join rules on rules.flow = j.flow and rules.found = j.found
),
named as (
  select asked.*,
    case asked.source
      when 'policy' then case asked.policy when 'salesforce' then '{{ salesforce_role }}' when 'pardot' then '{{ pardot_role }}'
                                     when 'most_recent' then newer else 'ask' end
      when 'on_link' then case on_link
        when 'fill' then case when ca is null or (form = 'checkbox' and ca = 'false') then 'b'
                         when cb is null or (form = 'checkbox' and cb = 'false') then 'a' else 'ask' end
        when 'salesforce' then '{{ salesforce_role }}' when 'pardot' then '{{ pardot_role }}'
        when 'most_recent' then newer else 'ask' end
{% if needed.vendor %}
      when 'vendor' then case vendor_rules.source when 'newer' then newer else vendor_rules.source end
{% endif %}
      else asked.source end as ruled,
    {{ 'consent_rules.source' if needed.consent else 'cast(null as varchar)' }} as consent_source,
    {{ 'consent_rules.opt_in' if needed.consent else 'false' }} as consent_opt_in
  from asked
{% if needed.consent %}
  left join consent_rules on consent_rules.flow = asked.flow and consent_rules.found = asked.found and consent_rules.opted_out = asked.opted_out
{% endif %}
{% if needed.vendor %}
  left join vendor_rules on asked.source = 'vendor' and vendor_rules.policy = asked.policy
    and vendor_rules.clears = (asked.on_blank = 'clear')
    -- A checkbox is never blank in its form; a field that holds nothing is, and says nothing against a filled one.
    and vendor_rules.filled = case when ca is null or (form = 'checkbox' and nf_text(ra) is null) then 'b'
                                   when cb is null or (form = 'checkbox' and nf_text(rb) is null) then 'a' else 'both' end
{% endif %}
),
-- What a person decided of exactly these two values is done where otherwise somebody would be asked.
decided_by as (
{% if decided %}
  select n.*,
    case when n.ruled = 'ask' and not n.consent then case x.decision when '{{ sync.a.system.value }}' then 'a' when '{{ sync.b.system.value }}' then 'b' else x.decision end end as decision
  from named n left join decisions x on x.sync = {{ sync.name | literal }} and x.mapping = n.key and x.digest = n.digest_now
    and x.a_object = n.a_obj and x.a_id = n.a_id and x.b_object = n.b_obj and x.b_id = n.b_id
    and nf(n.stored_a, x.a_value) is not distinct from n.na and nf(n.stored_b, x.b_value) is not distinct from n.nb
{% else %}
  select *, cast(null as varchar) as decision from named
{% endif %}
),
chosen as (
  select *,
    case when consent then consent_source else coalesce(decision, ruled) end as first_side,
    consent and consent_opt_in as is_opt_in,
    is_unreadable(ca) or is_unreadable(cb) as unreadable,
    -- Beside a checkbox a blank compares as false. It is a person's false only where the field is known to have held more.
    ca is null or (form = 'checkbox' and nf_text(ra) is null and found in ('new', 'mapping_changed', 'b_moved')) as blank_a,
    cb is null or (form = 'checkbox' and nf_text(rb) is null and found in ('new', 'mapping_changed', 'a_moved')) as blank_b
  from decided_by
),
blanked as (
  -- A blank over a value: `refill` turns the write round where the mapping may flow that way, but never a person's decision.
  select *,
    case when consent or first_side not in ('a', 'b') then first_side
         when (first_side = 'a' and blank_a) or (first_side = 'b' and blank_b) then
           case when on_blank = 'refill' and decision is null then case when flow = 'two_way' then case first_side when 'a' then 'b' else 'a' end else 'none' end
                else first_side end
         else first_side end as side,
    case when consent or first_side not in ('a', 'b') then false
         else ((first_side = 'a' and blank_a) or (first_side = 'b' and blank_b)) and (on_blank <> 'refill' or decision is not null) end as is_clear
  from chosen
),
aimed as (
  select b.* replace (case when flow = 'connector' and ((found = 'a_moved' and side = 'b') or (found = 'b_moved' and side = 'a'))
                           then 'conflict' else section end as section),
    case side when 'a' then 'b' when 'b' then 'a' end as target,
    case side when 'a' then ob when 'b' then oa end as out_value,
    case side when 'a' then rb when 'b' then ra end as before_value,
    case side when 'a' then ca when 'b' then cb end as source_form,
    case side when 'a' then cb when 'b' then ca end as target_form
  from blanked b
),
limited as (
  select a.*, t.field as target_field, t.type as target_type, t.length as target_length, t.restricted,
    -- The beginning of a text is a text; of a number, a date or an address it is another value.
{% if needed.cut %}
    case when t.length > 0 and a.cut and a.form = 'text' and length(a.out_value) > t.length then nf_text(left(a.out_value, t.length)) else a.out_value end as after_value,
{% else %}
    a.out_value as after_value,
{% endif %}
    t.length > 0 and length(a.out_value) > t.length as too_long,
    -- One side holds the other's value as far as it has room: they agree, and the cut value never goes back.
{% if needed.cut %}
    a.cut and a.form = 'text' and coalesce(
         (a.flow <> 'b_to_a' and length(a.ob) > tb.length and nf_text(left(a.ob, nullif(tb.length, 0))) = a.nb)
      or (a.flow <> 'a_to_b' and length(a.oa) > ta.length and nf_text(left(a.oa, nullif(ta.length, 0))) = a.na), false) as is_cut_copy
{% else %}
    false as is_cut_copy
{% endif %}
  from aimed a
  left join targets t on t.m = a.m and t.role = a.target and t.obj = case a.target when 'a' then a.a_obj else a.b_obj end
{% if needed.cut %}
  left join targets ta on ta.m = a.m and ta.role = 'a' and ta.obj = a.a_obj
  left join targets tb on tb.m = a.m and tb.role = 'b' and tb.obj = a.b_obj
{% endif %}
),
with_outcome as (
  select *,
    case
      when unreadable then 'held:unreadable'
      when is_cut_copy then 'accept'
{% for role in sync.insert_only %}
      when target = '{{ role }}' and not starts_with({{ role }}_id, 'new:') then 'insert_only'
{% endfor %}
      when is_opt_in and (side not in ('a', 'b') or not allow_opt_in) then 'held:opt_in'
      when side = 'ask' then 'held:open_conflict'
      when side = 'keep' then 'held:kept_by_decision'
      when side = 'none' or target_field is null then 'accept'
      -- What a side holds is read again before it is written anywhere, if all that is known is what we sent there.
      when (side = 'a' and a_stale) or (side = 'b' and b_stale) then 'accept'
      when into_blank and target_form is not null and not (form = 'checkbox' and target_form = 'false') then 'accept'
      -- A user who was not translated says why after a second mark.
      when starts_with(after_value, chr(2)) then case when contains(substr(after_value, 2), chr(2)) then 'held:unmapped_user' else 'held:unmapped_value' end
      when target_type = 'integer' and not regexp_matches(after_value, '^[+-]?[0-9]+$') then 'held:unreadable'
      when is_clear and on_blank <> 'clear' then 'held:blank'
{% if needed.picklists %}
      when len(restricted) > 0 and after_value is not null
           and len(list_filter(case when target_type = 'multipicklist' then string_split(after_value, ';') else [after_value] end, lambda v: not list_contains(restricted, trim(v)))) > 0
           then 'held:unknown_picklist_value'
{% endif %}
      when too_long and (not cut or form <> 'text' or after_value is null) then 'held:too_long'
{% if unique_address %}
      -- In this unit an address belongs to one prospect: the system would refuse a second one.
      when target = 'b' and b_obj = 'prospect' and target_field = 'email' and after_value is not null
           and (exists (from side_b o where o._obj = 'prospect' and o._visible and not o._deleted and o._id <> limited.b_id
                        and nf_email(o.email) = nf_email(limited.after_value))
             or count(*) over (partition by target, b_obj, target_field, nf_email(after_value)) > 1) then 'held:email_taken'
{% endif %}
      else 'send' end as outcome
  from limited
)
-- What only the decision itself needs stays behind; the rest is told of each.
select d.* exclude (is_new, a_read_at, b_read_at, oa, ob, writer, landed, a_value, b_value, answered_at, allow_opt_in,
                    source, opted_out, newer, ruled, consent_source, consent_opt_in, unreadable, blank_a, blank_b, restricted),
  -- Where nothing is written, the cell is told from the side that the direction points at.
  coalesce(d.target, case d.flow when 'b_to_a' then 'a' else 'b' end) as told_side,
  coalesce(d.target_field, t.field, d.key) as told_field,
  coalesce(u.field, d.key) as stored_field
from with_outcome d
left join targets t on t.m = d.m and t.role = case d.flow when 'b_to_a' then 'a' else 'b' end
  and t.obj = case d.flow when 'b_to_a' then d.a_obj else d.b_obj end
-- What a system rewrote is told from the side that rewrote it.
left join targets u on u.m = d.m and u.role = case when d.rewritten and d.sent_side = 'a' then 'a' else 'b' end
  and u.obj = case when d.rewritten and d.sent_side = 'a' then d.a_obj else d.b_obj end
where {{ focus }};
