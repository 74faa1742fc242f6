-- Assessments of one in five customers with contracts in force: proposed when the
-- newest contract was there, confirmed by the head. No money came in so far: whatever
-- was due by then speaks against the customer. What came of it stands in customers.
CREATE TEMP TABLE assessing AS
WITH owing AS (
    SELECT customer_id, count(*) AS contracts, min(signed_on) AS since,
        sum(unpaid) AS unpaid, max(c.created_at) AS newest_at
    FROM contracts_contract AS c JOIN base ON base.id = customer_id
    WHERE status IN ('registered', 'completed') AND base.registration = 'registered'
        AND NOT base.is_gone AND pg_temp.share(customer_id, 640) < 0.2
    GROUP BY customer_id HAVING bool_or(status = 'registered')
), dated AS (
    SELECT owing.*, pg_temp.day(proposed_at) AS assessed_on, proposed_at, least(
        proposed_at + pg_temp.share(customer_id, 642) * interval '2 days', %(now)s
    ) AS confirmed_at
    FROM owing
    CROSS JOIN LATERAL (
        SELECT least(
            newest_at + (0.1 + 20 * pg_temp.share(customer_id, 641)) * interval '1 day',
            %(now)s
        ) AS proposed_at
    ) AS own
), due AS (
    SELECT dated.customer_id, sum(part.amount) AS due,
        max(assessed_on - due_on) AS worst
    FROM dated
    JOIN contracts_contract AS c ON c.customer_id = dated.customer_id
        AND c.status IN ('registered', 'completed')
    JOIN contracts_instalment AS part ON part.contract_id = c.id
        AND due_on < assessed_on AND due_on >= assessed_on - 730
    GROUP BY dated.customer_id
)
SELECT row_number() OVER (ORDER BY customer_id) AS assessment_id, dated.*, due, worst,
    (%(grades)s::bigint[])[pg_temp.place(customer_id, 643, 4, 1)] AS trusted_grade_id,
    10000.00 * ceil(unpaid * (0.6 + 1.4 * pg_temp.share(customer_id, 644))::numeric
        / 10000) AS trusted_limit,
    CASE WHEN due IS NOT NULL THEN floor(
        30 * greatest(0, 1 - worst / 90.0)
        + 20 * least(1, greatest(0, (assessed_on - since) / 30.4) / 24)
    )::int END AS score
FROM dated LEFT JOIN due USING (customer_id);
ALTER TABLE assessing ADD PRIMARY KEY (customer_id);
ANALYZE assessing;

INSERT INTO contracts_creditassessment (
    id, number, customer_id, customer_owner_id, grade_id, "limit", assessed_on,
    valid_until, reason, basis, status, rejection, edited_by_id, decided_by_id,
    decided_at, search_text, search_pinyin, owner_id, reporter_id, entered_by_id,
    created_at, changed_at, version, registration, registered_by_id, registered_at,
    return_reason
)
SELECT assessment_id, number, customer_id, holder_id, trusted_grade_id, trusted_limit,
    assessed_on, assessed_on + 365, reason,
    jsonb_build_object(
        'since', since, 'contracts', contracts, 'due', coalesce(due, 0.00)::text,
        'in_time', '0.00', 'share', CASE WHEN due IS NOT NULL THEN '0.0' END,
        'worst', coalesce(worst, 0), 'received', '0.00', 'score', score,
        'grade', CASE WHEN score >= 40 THEN 'C' WHEN score >= 0 THEN 'D' END,
        'limit', CASE WHEN due IS NOT NULL THEN '0' END
    ),
    'confirmed', '', base.owner_id, head_id, confirmed_at, pg_temp.kept(reason),
    E'\t' || pg_temp.folded(number) || E'\t' || pg_temp.letters(pg_temp.kept(reason)),
    base.owner_id, base.owner_id, base.owner_id, proposed_at, confirmed_at, 1,
    'registered', base.owner_id, proposed_at, ''
FROM assessing
JOIN base ON base.id = customer_id
JOIN crm_user AS owner ON owner.id = base.owner_id
JOIN crm_department AS department ON department.id = owner.department_id
CROSS JOIN LATERAL (
    SELECT 'XY' || lpad(assessment_id::text, greatest(6, length(assessment_id::text)), '0')
            AS number,
        '在手合同履行正常，按未回款金额给予额度。' AS reason
) AS own
ORDER BY assessment_id;
