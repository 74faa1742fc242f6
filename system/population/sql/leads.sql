-- Leads: one for every second opportunity, of the company's customers that asked
-- before; and as many again that came to nothing yet, or never will.
CREATE TEMP TABLE clue AS
WITH asking AS (
    SELECT chance.id AS number, chance.customer_id, chance.contact_id,
        chance.id AS opportunity_id, chance.owner_id, chance.amount AS budget,
        'converted' AS status,
        chance.begun_at AS ended_at,
        greatest(
            %(monday)s::timestamptz,
            chance.begun_at - pg_temp.place(chance.id, 601, 20, 1.5) * interval '1 day'
        ) AS created_at
    FROM chance
    WHERE pg_temp.share(chance.id, 600) < 0.5
    UNION ALL
    SELECT 1000000000 + number, NULL, NULL, NULL,
        (%(sellers)s::bigint[])[pg_temp.place(number, 602, %(n_sellers)s, 1.3)],
        CASE WHEN pg_temp.share(number, 603) < 0.6
            THEN 1000.00 * pg_temp.place(number, 604, 500, 2) END,
        (ARRAY['invalid', 'working', 'pending', 'unassigned'])[
            pg_temp.place(number, 605, 4, 1.8)],
        least(%(now)s, %(now)s
            - (pg_temp.place(number, 606, 400, 2) - 8) * interval '1 day'),
        %(now)s - pg_temp.place(number, 606, 400, 2) * interval '1 day'
    FROM generate_series(1::bigint, greatest(%(customers)s / 20, 12)) AS number
)
SELECT row_number() OVER (ORDER BY asking.created_at, number) AS id, asking.*,
    least(created_at + interval '5 hours', %(now)s) AS assigned_at,
    least(created_at + interval '7 hours', %(now)s) AS touched_at
FROM asking;
ANALYZE clue;

INSERT INTO sales_lead (
    id, number, company, person, title, mobile, phone, email, wechat, source_id,
    region_id, industry_id, budget, expected_on, need, consent, consented_on, status,
    status_since, assigned_at, first_touched_at, touched_by_id, touch_method_id,
    touch_text, invalid_reason_id, move_note, converted_at, customer_id, contact_id,
    opportunity_id, search_text, search_pinyin, company_key, owner_id, reporter_id,
    entered_by_id, created_at, changed_at, version, deleted_at, deleted_by_id,
    registration, registered_by_id, registered_at, return_reason
)
SELECT id, number, company, person, '', mobile, '', '', '',
    (%(sources)s::bigint[])[pg_temp.place(id, 610, %(n_sources)s, 1.3)],
    region_id, industry_id, budget, NULL, need, '', NULL, status,
    CASE status WHEN 'unassigned' THEN created_at WHEN 'pending' THEN assigned_at
        WHEN 'working' THEN touched_at ELSE ended_at END,
    CASE WHEN status <> 'unassigned' THEN assigned_at END,
    CASE WHEN is_touched THEN touched_at END,
    CASE WHEN is_touched THEN owner_id END,
    CASE WHEN is_touched
        THEN (%(methods)s::bigint[])[pg_temp.place(id, 611, %(n_methods)s, 1.5)] END,
    CASE WHEN is_touched THEN '已联系，对方确认有需求。' ELSE '' END,
    CASE WHEN status = 'invalid'
        THEN (%(invalids)s::bigint[])[pg_temp.place(id, 612, %(n_invalids)s, 1.3)] END,
    '',
    CASE WHEN status = 'converted' THEN ended_at END,
    customer_id, contact_id, opportunity_id,
    concat_ws(E'\t', pg_temp.kept(company), pg_temp.kept(person), pg_temp.kept(need)),
    concat_ws(E'\t', company_reading || E'\n' || person_reading,
        pg_temp.folded(number), mobile, '', '', '', ''),
    pg_temp.folded(company),
    owner_id, owner_id, owner_id, created_at,
    CASE status WHEN 'unassigned' THEN created_at WHEN 'pending' THEN assigned_at
        WHEN 'working' THEN touched_at ELSE ended_at END,
    1, NULL, NULL, 'registered', owner_id, created_at, ''
FROM (
    SELECT clue.id, customer_id, contact_id, opportunity_id, budget, status, ended_at,
        clue.created_at, assigned_at, touched_at, clue.owner_id,
        status IN ('working', 'converted') AS is_touched,
        'XS-' || to_char(pg_temp.day(clue.created_at), 'YYYYMMDD') || '-' || lpad(
            clue.place::text, greatest(3, length(clue.place::text)), '0') AS number,
        pg_temp.mobile(clue.id, 613) AS mobile,
        (ARRAY['询价流量计', '咨询能耗监测方案', '更换远传水表', '了解试用条件'])[
            pg_temp.place(clue.id, 615, 4, 1.2)] AS need,
        base.name AS company, base.region_id, base.industry_id,
        coalesce(firm.spoken, base.syllables || ' ' || base.initials)
            AS company_reading,
        surname.text || given.text AS person,
        coalesce(human.spoken, surname.syllables || given.syllables || ' '
            || surname.initials || given.initials) AS person_reading
    FROM (
        SELECT clue.*, row_number() OVER (
            PARTITION BY pg_temp.day(created_at) ORDER BY id) AS place,
            coalesce(customer_id, 1 + (id * 7919) %% %(customers)s) AS base_id
        FROM clue
    ) AS clue
    JOIN base ON base.id = base_id AND NOT base.is_person
    JOIN word AS surname ON surname.list = 'surname'
        AND surname.place = pg_temp.place(clue.id, 616, %(n_surname)s, 1.8)
    JOIN word AS given ON given.list = 'given'
        AND given.place = pg_temp.place(clue.id, 617, %(n_given)s, 1)
    LEFT JOIN said AS firm ON firm.text = base.name AND NOT firm.is_person
    LEFT JOIN said AS human
        ON human.text = surname.text || given.text AND human.is_person
) AS lead
ORDER BY id;

INSERT INTO sales_daynumber (id, prefix, day, given)
SELECT (SELECT coalesce(max(id), 0) FROM sales_daynumber)
        + row_number() OVER (ORDER BY day),
    'XS', day, given
FROM (
    SELECT pg_temp.day(created_at) AS day, count(*) AS given FROM clue GROUP BY 1
) AS counted;
