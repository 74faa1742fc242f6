"""Whether a row meets a condition of a rule (`crm.approval.conditions`)."""

from django.db import migrations

MEETS = r"""
-- A text as conditions compare it: whatever its case and width.
CREATE FUNCTION crm_compared(said text) RETURNS text
    LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, public, pg_temp AS $$
SELECT lower(normalize(coalesce(said, ''), NFKC))
$$;

-- Whether what a record says of itself meets a condition. A field that is there no
-- longer counts as met; one that says nothing meets only that it is empty.
CREATE FUNCTION crm_meets(
    facts jsonb, field text, operator text, value text, option bigint
) RETURNS boolean
    LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
WITH said AS (
    SELECT CASE jsonb_typeof(facts -> field)
        WHEN 'array' THEN (
            SELECT string_agg(one, '、')
            FROM jsonb_array_elements_text(facts -> field) AS one
        ) ELSE facts ->> field END AS text
), day AS (
    SELECT text, CASE
        WHEN text ~ '^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?[+-]\d\d:\d\d$'
        THEN (text::timestamptz AT TIME ZONE 'Asia/Shanghai')::date::text
        ELSE text END AS day
    FROM said
)
SELECT coalesce(CASE
    WHEN NOT facts ? field THEN true
    WHEN operator = 'empty' THEN coalesce(text, '') = ''
    WHEN coalesce(text, '') = '' THEN false
    WHEN operator = 'filled' THEN true
    WHEN operator = 'yes' THEN text = 'true'
    WHEN operator = 'no' THEN text = 'false'
    WHEN operator = 'one_of' THEN text = coalesce(option::text, value)
    WHEN operator = 'within' THEN strpos(text, '/' || value || '/') > 0
    WHEN operator = 'is' THEN crm_compared(text) = crm_compared(value)
    WHEN operator = 'contains'
        THEN strpos(crm_compared(text), crm_compared(value)) > 0
    WHEN value ~ '^-?\d+(\.\d+)?$' AND text ~ '^-?\d+(\.\d+)?$' THEN CASE operator
        WHEN 'equals' THEN text::numeric = value::numeric
        WHEN 'at_least' THEN text::numeric >= value::numeric
        WHEN 'at_most' THEN text::numeric <= value::numeric
        WHEN 'over' THEN text::numeric > value::numeric
        WHEN 'under' THEN text::numeric < value::numeric END
    ELSE CASE operator
        WHEN 'equals' THEN day COLLATE "C" = value
        WHEN 'at_least' THEN day COLLATE "C" >= value
        WHEN 'at_most' THEN day COLLATE "C" <= value
        WHEN 'over' THEN day COLLATE "C" > value
        WHEN 'under' THEN day COLLATE "C" < value END
    END, false)
FROM day
$$;
"""
GONE = """
DROP FUNCTION crm_meets(jsonb, text, text, text, bigint);
DROP FUNCTION crm_compared(text);
"""


class Migration(migrations.Migration):
    dependencies = [("crm", "0019_all_agree")]

    operations = [migrations.RunSQL(MEETS, GONE)]
