-- What led to contracts, what was lost, and what is open: one for every fifth deal.
CREATE TEMP TABLE step AS
SELECT id, kind, row_number() OVER (PARTITION BY kind ORDER BY position) AS place,
    count(*) OVER (PARTITION BY kind) AS places
FROM sales_stage
WHERE pipeline_id = (SELECT id FROM sales_pipeline ORDER BY "order", id LIMIT 1);

CREATE TEMP TABLE chance AS
WITH picks AS (
    SELECT deal.*, base.created_at AS known_at,
        CASE
            WHEN pg_temp.share(deal.id, 541) < 0.3 THEN 'open'
            WHEN pg_temp.share(deal.id, 541) < 0.75
                AND deal.status IN ('registered', 'completed') THEN 'won'
            WHEN pg_temp.share(deal.id, 541) < 0.96 THEN 'lost'
            ELSE 'void'
        END AS outcome,
        10 + 5 * pg_temp.place(deal.id, 542, 16, 1) AS lasting
    FROM deal JOIN base ON base.id = customer_id
    WHERE pg_temp.share(deal.id, 540) < 0.2
        AND NOT deal.is_gone AND deal.registration = 'registered'
    OFFSET 0
), begun AS (
    SELECT picks.*,
        CASE outcome WHEN 'open' THEN %(now)s ELSE created_at END AS ended_at,
        greatest(
            known_at + interval '1 minute',
            CASE outcome WHEN 'open' THEN %(now)s ELSE created_at END
                - lasting * interval '1 day'
        ) AS begun_at
    FROM picks
    OFFSET 0
)
SELECT row_number() OVER (ORDER BY id) AS id, id AS deal_id, customer_id, contact_id,
    customer_owner_id, owner_id, amount, outcome, lasting, ended_at,
    least(begun_at, ended_at) AS begun_at,
    CASE outcome WHEN 'won' THEN (SELECT max(place) FROM step WHERE kind = 'open')
        ELSE pg_temp.place(id, 543, (
            SELECT count(*) FROM step WHERE kind = 'open'
        )::int, 1.2)
    END AS far,
    party || to_char(pg_temp.day(created_at), 'YYYY') || deal AS title,
    syllables || to_char(pg_temp.day(created_at), 'YYYY') || deal_syllables
        || ' ' || initials || to_char(pg_temp.day(created_at), 'YYYY') || deal_initials
        AS reading
FROM begun;
ANALYZE chance;

-- Their ways through the stages, each as long as the next.
CREATE TEMP TABLE way AS
SELECT row_number() OVER (ORDER BY chance.id, place, is_end) AS id,
    chance.id AS opportunity_id, step.id AS stage_id, kind,
    CASE WHEN is_end THEN ended_at
        ELSE begun_at + (ended_at - begun_at) * ((place - 1) / far::float8)
    END AS entered_at
FROM chance
CROSS JOIN LATERAL (
    SELECT id, kind, place, false AS is_end FROM step
    WHERE kind = 'open' AND place <= far
    UNION ALL
    SELECT id, kind, far + 1, true FROM step
    WHERE kind = outcome AND outcome <> 'open' AND place = 1
) AS step;
ANALYZE way;

INSERT INTO sales_opportunity (
    id, number, title, customer_id, customer_owner_id, contact_id, stage_id, status,
    entered_stage_at, amount, expected_on, probability, source_id, need_id, next_step,
    next_contact_at, details, closed_on, closing_reason_id, move_note, contract_id,
    search_text, search_pinyin, owner_id, reporter_id, entered_by_id, created_at,
    changed_at, version, deleted_at, deleted_by_id, registration, registered_by_id,
    registered_at, return_reason, ticked
)
SELECT id, number, title, customer_id, customer_owner_id, contact_id, stage_id,
    outcome, entered_at, amount,
    CASE outcome
        WHEN 'open' THEN %(until)s::date + pg_temp.place(id, 550, 100, 1) - 20
        ELSE pg_temp.day(ended_at)
    END,
    NULL,
    (%(sources)s::bigint[])[pg_temp.place(id, 551, %(n_sources)s, 1.3)],
    (%(needs)s::bigint[])[pg_temp.place(id, 552, %(n_needs)s, 1.3)],
    next_step,
    CASE WHEN outcome = 'open' AND pg_temp.share(id, 553) < 0.8
        THEN %(now)s + pg_temp.place(id, 554, 30, 1) * interval '1 day'
            - interval '5 days'
    END,
    '',
    CASE WHEN outcome <> 'open' THEN pg_temp.day(ended_at) END,
    CASE WHEN outcome IN ('lost', 'void')
        THEN (%(closings)s::bigint[])[pg_temp.place(id, 555, %(n_closings)s, 1.2)]
    END,
    '',
    CASE WHEN outcome = 'won' THEN deal_id END,
    title || E'\t' || pg_temp.kept(next_step) || E'\t',
    coalesce(spoken, reading) || E'\t' || pg_temp.folded(number)
        || E'\t' || pg_temp.letters(title),
    owner_id, owner_id, owner_id, begun_at, entered_at, 1, NULL, NULL, 'registered',
    owner_id, begun_at, '', '{}'
FROM (
    SELECT chance.*, way.stage_id, way.entered_at, spoken,
        'SJ-' || to_char(pg_temp.day(begun_at), 'YYYYMMDD') || '-' || lpad(
            place::text, greatest(3, length(place::text)), '0') AS number,
        CASE outcome WHEN 'open' THEN (%(phrases)s::text[])[
            pg_temp.place(chance.id, 556, %(n_phrases)s, 1.2)] ELSE '' END AS next_step
    FROM (
        SELECT chance.*, row_number() OVER (
            PARTITION BY pg_temp.day(begun_at) ORDER BY id) AS place
        FROM chance
    ) AS chance
    JOIN (
        SELECT DISTINCT ON (opportunity_id) * FROM way
        ORDER BY opportunity_id, id DESC
    ) AS way ON opportunity_id = chance.id
    LEFT JOIN said ON said.text = title AND NOT said.is_person
) AS opportunity
ORDER BY id;

INSERT INTO sales_daynumber (id, prefix, day, given)
SELECT row_number() OVER (ORDER BY day), 'SJ', day, given FROM (
    SELECT pg_temp.day(begun_at) AS day, count(*) AS given FROM chance GROUP BY 1
) AS counted;

INSERT INTO sales_stay (
    id, opportunity_id, stage_id, before_id, entered_at, left_at, by_id, amount,
    expected_on, reason_id, note
)
SELECT way.id, opportunity_id, way.stage_id,
    lag(way.stage_id) OVER ways, way.entered_at, lead(way.entered_at) OVER ways,
    owner_id, amount, expected_on,
    CASE WHEN kind IN ('lost', 'void') THEN closing_reason_id END, ''
FROM way JOIN sales_opportunity ON sales_opportunity.id = opportunity_id
WINDOW ways AS (PARTITION BY opportunity_id ORDER BY way.id)
ORDER BY way.id;
