-- The one form that values are brought to before they are compared.
-- A blank (null, the empty text, only white space) is null. What cannot be read as the type is chr(1) followed by the
-- text as it is, so that it equals itself and nothing else, and so that the decision can hold it.

create or replace temp macro nf_text(x) as
  nullif(rtrim(nfc_normalize(x), ' ' || chr(9) || chr(10) || chr(13)), '');

-- Around a value that is no text, white space says nothing.
create or replace temp macro nf_trim(x) as trim(x, ' ' || chr(9) || chr(10) || chr(13));

create or replace temp macro nf_email(x) as lower(nf_trim(nf_text(x)));

-- Salesforce ids: 15 characters are case-sensitive; the three more of the 18-character form say which are capitals.
create or replace temp macro sf_bit(block, k) as
  case when substr(block, k, 1) between 'A' and 'Z' then 1 else 0 end;
create or replace temp macro sf_check(block) as
  substr('ABCDEFGHIJKLMNOPQRSTUVWXYZ012345',
         1 + sf_bit(block, 1) + 2 * sf_bit(block, 2) + 4 * sf_bit(block, 3) + 8 * sf_bit(block, 4) + 16 * sf_bit(block, 5), 1);
create or replace temp macro nf_id(x) as
  case when length(nf_trim(x)) = 15
       then upper(nf_trim(x)) || sf_check(substr(nf_trim(x), 1, 5)) || sf_check(substr(nf_trim(x), 6, 5)) || sf_check(substr(nf_trim(x), 11, 5))
       else upper(nullif(nf_trim(x), '')) end;

create or replace temp macro nf_decimal(d) as
  regexp_replace(regexp_replace(cast(d as varchar), '0+$', ''), '\.$', '');
create or replace temp macro nf_number(x) as
  case when nf_text(x) is null then null
       when regexp_matches(nf_trim(x), '^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$')
       then coalesce(nf_decimal(try_cast(nf_trim(x) as decimal(38, 10))), cast(try_cast(nf_trim(x) as double) as varchar), chr(1) || x)
       else chr(1) || x end;

create or replace temp macro nf_boolean(x) as
  case when nf_text(x) is null then null
       when lower(nf_trim(x)) in ('true', '1') then 'true'
       when lower(nf_trim(x)) in ('false', '0') then 'false'
       else chr(1) || x end;
-- A Salesforce checkbox is never null: blank is false there.
create or replace temp macro nf_checkbox(x) as coalesce(nf_boolean(x), 'false');

create or replace temp macro nf_instant(x) as
  timezone('UTC', try_cast(regexp_replace(nf_trim(x), '([+-][0-9]{2})([0-9]{2})$', '\1:\2') as timestamptz));
create or replace temp macro nf_datetime(x) as
  case when nf_text(x) is null then null
       when nf_instant(x) is null then chr(1) || x
       else strftime(nf_instant(x), '%Y-%m-%dT%H:%M:%SZ') end;
create or replace temp macro nf_date(x) as
  case when nf_text(x) is null then null
       when regexp_matches(nf_trim(x), '^[0-9]{4}-[0-9]{2}-[0-9]{2}$')
       then coalesce(cast(try_cast(nf_trim(x) as date) as varchar), chr(1) || x)
       when nf_instant(x) is null then chr(1) || x
       else strftime(nf_instant(x), '%Y-%m-%d') end;

create or replace temp macro nf_set(x) as
  nullif(array_to_string(list_sort(list_distinct(list_filter(list_transform(
    string_split(nf_text(x), ';'), lambda v: nf_trim(v)), lambda v: v <> ''))), ';'), '');

create or replace temp macro is_unreadable(n) as coalesce(starts_with(n, chr(1)), false);
