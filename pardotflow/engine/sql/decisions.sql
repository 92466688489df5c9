-- What became of the decisions that people recorded for this sync: carried out or kept, expired because a value moved,
-- or spent because the two values agree by now. Decisions of pairs that are not looked at stay as they are.
insert into out_decisions
select d.sync, d.a_object, d.a_id, d.b_object, d.b_id, d.mapping, d.decision, d.decided_at,
       case when c.key is null then 'spent'
            when c.outcome = 'held:kept_by_decision' then 'kept'
            when c.decision is not null then 'used'
            when c.outcome = 'held:open_conflict' then 'expired'
            else 'unasked' end
from decisions d
join (select a_obj, a_id, b_obj, b_id from live_pairs where {{ focus }}) lp
  on lp.a_obj = d.a_object and lp.a_id = d.a_id and lp.b_obj = d.b_object and lp.b_id = d.b_id
left join decided c on c.key = d.mapping
  and c.a_obj = d.a_object and c.a_id = d.a_id and c.b_obj = d.b_object and c.b_id = d.b_id
where d.sync = {{ sync.name | literal }};
