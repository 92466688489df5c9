-- The pairs with a record that this plan creates, as they will be: what its system fills in by itself flows back, and
-- what could not be sent with the create is held. After this look, one apply settles a new pair for good.
create or replace temp table live_pairs as
select a_obj, a_id, b_obj, b_id, -1 as key_no, false as followed, true as is_new, a_id as old_a_id, b_id as old_b_id,
       a_obj as old_a_obj, b_obj as old_b_obj
from out_creates where sync = {{ sync.name | literal }};
