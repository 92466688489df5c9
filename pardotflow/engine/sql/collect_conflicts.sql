-- The cells that a person has to decide, or that a rule decided over a person.
insert into out_conflicts
select {{ sync.name | literal }}, a_obj, a_id, a_name, b_obj, b_id, b_name, key, ra, rb,
  -- The base of another mapping says nothing of this one.
  case when found <> 'mapping_changed' then base_a end, case when found <> 'mapping_changed' then base_b end,
  case when outcome = 'held:open_conflict' then 'open' when outcome = 'held:kept_by_decision' then 'kept' when outcome <> 'send' then 'held'
       when target = 'b' then '{{ sync.a.system.value }}' else '{{ sync.b.system.value }}' end,
  case when found = 'both_moved' and policy = 'most_recent' and outcome = 'held:open_conflict' and flow = 'two_way'
         then 'both moved; most_recent by ' || clock || ' cannot tell: ' || untold
       when found = 'both_moved' and decision is not null then 'both moved; decided by a person'
       when flow = 'connector' and (outcome = 'held:open_conflict' or decision is not null) then 'the connector''s rule: most_recent by ' || clock || ' cannot tell: ' || untold
       when flow = 'connector' then 'the connector''s rule overwrites an edit'
       when found = 'both_moved' then 'both moved; ' || case when policy = 'most_recent' then compared else 'policy ' || policy end
       else case when found = 'mapping_changed' then 'the mapping changed and both sides are filled'
                 else 'both sides are filled and there is no base' end
         || case when on_link = 'most_recent' and outcome = 'held:open_conflict' then '; most_recent by ' || clock || ' cannot tell: ' || untold else '' end end
    || case when decision is not null and found <> 'both_moved' then '; decided by a person' else '' end,
  line, pii, a_stamp, b_stamp, decision is not null
from decided
where {{ condition }};
