-- What refers to a record that is not created now waits with it.
insert into moved
select c.change, 'it waits for a record that is not created' from plan.changes c
join plan.changes n on n.id = c.refers_to
where n.change in (select change from moved) and c.change not in (select change from moved);
