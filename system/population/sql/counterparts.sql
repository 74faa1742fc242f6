-- Counterparts: one at every tenth customer that somebody has; one in eight has ended.
-- When they last met is read of the interactions, as PostgreSQL would have kept it.
CREATE TEMP TABLE pair AS
SELECT row_number() OVER (ORDER BY base.created_at, base.id) AS id,
    base.id AS customer_id, holder_id AS owner_id, owner.department_id,
    CASE WHEN contacts > 0 AND NOT pg_temp.contact_is_gone(first_contact::bigint)
        THEN first_contact::bigint END AS contact_id,
    least(base.created_at + interval '2 days', %(now)s) AS created_at,
    (ARRAY[7, 14, 30, 30, 60, 90])[pg_temp.place(base.id, 641, 6, 1)] AS rhythm_days,
    pg_temp.place(base.id, 642, 6, 1.3) AS matter,
    pg_temp.share(base.id, 643) < 0.125 AS is_over
FROM base JOIN crm_user AS owner ON owner.id = holder_id
WHERE NOT is_gone AND registration = 'registered'
    AND pg_temp.share(base.id, 640) < 0.1;
ANALYZE pair;

INSERT INTO customers_counterpart (
    id, customer_id, customer_owner_id, subject, their_department, contact_id,
    our_department_id, rhythm_days, since, until, remarks, last_met_on,
    search_text, search_pinyin, owner_id, reporter_id, entered_by_id,
    created_at, changed_at, version, registration, registered_by_id, registered_at,
    return_reason
)
SELECT pair.id, pair.customer_id, pair.owner_id, matter.text, matter.department,
    pair.contact_id, department_id, rhythm_days, pg_temp.day(created_at),
    CASE WHEN is_over THEN least(pg_temp.day(created_at) + 90, %(until)s) END, '',
    met.day,
    pg_temp.kept(matter.text) || E'\t' || pg_temp.kept(matter.department) || E'\t',
    matter.spoken || E'\t', pair.owner_id, pair.owner_id, pair.owner_id,
    created_at, created_at, 1, 'registered', pair.owner_id, created_at, ''
FROM pair
JOIN (VALUES
    (1, '采购', '采购部', 'caigou cg'), (2, '财务', '财务部', 'caiwu cw'),
    (3, '技术', '技术部', 'jishu js'), (4, '质量', '质量部', 'zhiliang zl'),
    (5, '设备', '设备部', 'shebei sb'), (6, '信息化', '信息中心', 'xinxihua xxh')
) AS matter (place, text, department, spoken) ON matter.place = pair.matter
LEFT JOIN (
    SELECT pair.id, pg_temp.day(max(occurred_at)) AS day
    FROM pair JOIN feedback_interaction AS talk ON talk.customer_id = pair.customer_id
        AND (talk.contact_id = pair.contact_id OR talk.owner_id = pair.owner_id)
    WHERE talk.deleted_at IS NULL AND talk.registration = 'registered'
    GROUP BY pair.id
) AS met ON met.id = pair.id
ORDER BY pair.id;
