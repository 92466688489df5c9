-- The one form that values are brought to before they are compared.
-- A blank (null, the empty text, only white space) is null. What cannot be read as the type is chr(1) followed by the
-- text as it is, so that it equals itself and nothing else, and so that the decision can hold it.

-- A macro is a copy of its text, and copies are planned one by one: each names its argument as seldom as it can.
create or replace macro nf_text(x) as
  nullif(regexp_replace(nfc_normalize(x), '[ \t\n\r]+$', ''), '');

-- Around a value that is no text, white space says nothing.
create or replace macro nf_trim(x) as
  regexp_replace(x, '^[ \t\n\r]+|[ \t\n\r]+$', '', 'g');

create or replace macro nf_email(x) as lower(nullif(nf_trim(nfc_normalize(x)), ''));

-- The address without what its owner put between + and @.
create or replace macro nf_untagged(x) as regexp_replace(nf_email(x), '\+[^@]*@', '@');
create or replace macro nf_nocase(x) as lower(nf_text(x));

-- Salesforce ids: 15 characters are case-sensitive; the three more of the 18-character form say which are capitals.
create or replace macro sf_capitals(x) as
  regexp_replace(translate(x, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ1', '11111111111111111111111111.'), '[^1]', '0', 'g');
create or replace macro sf_check(block) as
  substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345', 1 + cast(cast(reverse(block) as bit) as integer), 1);
create or replace macro nf_id(x) as
  upper(nullif(nf_trim(x), '')) || case when length(nf_trim(x)) = 15
       then list_aggr(list_transform(regexp_extract_all(sf_capitals(nf_trim(x)), '.{5}'), lambda block: sf_check(block)), 'string_agg', '') else '' end;

-- The address of a prospect's page has the id in its path or after a question mark, escaped within another address.
-- An address without one says nothing about a prospect.
create or replace macro nf_url(x) as
  nullif(regexp_extract(x, '(?i)(?:[/?&]|%2f|%3f|%26)id(?:=|/|%3d|%2f)0*([0-9]+)(?:$|[^0-9a-z])', 1), '');

create or replace macro nf_decimal(d) as
  regexp_replace(regexp_replace(cast(d as varchar), '0+$', ''), '\.$', '');
create or replace macro nf_number(x) as
  case when coalesce(nf_trim(x), '') = '' then null
       when regexp_matches(nf_trim(x), '^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$')
       then coalesce(nf_decimal(try_cast(nf_trim(x) as decimal(38, 18))), nullif(nullif(cast(try_cast(nf_trim(x) as double) as varchar), 'inf'), '-inf'), chr(1) || x)
       else chr(1) || x end;

create or replace macro nf_boolean(x) as
  case when coalesce(nf_trim(x), '') = '' then null
       when lower(nf_trim(x)) in ('true', '1') then 'true'
       when lower(nf_trim(x)) in ('false', '0') then 'false'
       else chr(1) || x end;
-- A Salesforce checkbox is never null: blank is false there.
create or replace macro nf_checkbox(x) as coalesce(nf_boolean(x), 'false');

-- A day first: what the engine also takes for a time ("epoch", "infinity", a year before Christ) is a word here.
create or replace macro nf_instant(x) as
  timezone('UTC', try_cast(regexp_extract(regexp_replace(nf_trim(x), '([+-][0-9]{2})([0-9]{2})$', '\1:\2'), '^[0-9]{4}-[^(]*$') as timestamptz));
create or replace macro nf_datetime(x) as
  case when coalesce(nf_trim(x), '') = '' then null
       when nf_instant(x) is null then chr(1) || x
       else strftime(nf_instant(x), '%Y-%m-%dT%H:%M:%SZ') end;
create or replace macro nf_date(x) as
  case when coalesce(nf_trim(x), '') = '' then null
       when regexp_matches(nf_trim(x), '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
       then coalesce(cast(try_cast(nf_trim(x) as date) as varchar), chr(1) || x)
       when nf_instant(x) is null then chr(1) || x
       else strftime(nf_instant(x), '%Y-%m-%d') end;

create or replace macro nf_set(x) as
  nullif(list_aggr(list_sort(list_distinct(list_filter(
    string_split_regex(nf_trim(nfc_normalize(x)), '[ \t\n\r]*;[ \t\n\r]*'), lambda v: v <> ''))), 'string_agg', ';'), '');

-- By the type of a field, of what was written to it.
create or replace macro stored_form(type, x) as
  case type when 'boolean' then nf_checkbox(x) when 'integer' then nf_number(x) when 'number' then nf_number(x)
            when 'date' then nf_date(x) when 'datetime' then nf_datetime(x) when 'email' then nf_email(x)
            when 'id' then nf_id(x) when 'multipicklist' then nf_set(x) when 'array' then nf_set(x) else nf_text(x) end;

create or replace macro is_unreadable(n) as coalesce(starts_with(n, chr(1)), false);
