-- What was talked about with customers; one in ten about a contract.
INSERT INTO feedback_interaction (
    id, customer_id, contact_id, contract_id, method_id, occurred_at, subject, content,
    customer_feedback, result, next_contact_at, search_text,
    customer_owner_id, owner_id, reporter_id, entered_by_id, created_at, changed_at,
    version,
    deleted_at, deleted_by_id, registration, registered_by_id, registered_at,
    return_reason
)
SELECT id, customer_id, contact_id, contract_id,
    (%(methods)s::bigint[])[pg_temp.place(id, 403, %(n_methods)s, 1.6)],
    occurred_at, subject, content, feedback, result,
    CASE WHEN pg_temp.share(id, 404) < 0.3 THEN occurred_at
        + pg_temp.place(id, 405, 45, 1) * interval '1 day' END,
    concat_ws(E'\t', pg_temp.kept(subject), pg_temp.kept(content),
        pg_temp.kept(feedback), pg_temp.kept(result)),
    customer_owner_id, owner_id, owner_id, owner_id, created_at, created_at, 1,
    CASE WHEN is_gone THEN least(created_at + interval '5 days', %(now)s) END,
    CASE WHEN is_gone THEN owner_id END,
    registration,
    CASE WHEN registration = 'registered' THEN %(registrar)s::bigint END,
    CASE WHEN registration = 'registered'
        THEN least(created_at + interval '1 hour', %(now)s) END,
    CASE WHEN registration = 'returned' THEN '请写明结果' ELSE '' END
FROM (
    SELECT picks.id,
        base.id AS customer_id,
        CASE WHEN contacts > 0 AND pg_temp.share(picks.id, 406) < 0.7
            AND NOT pg_temp.contact_is_gone(contact.id) THEN contact.id
        END AS contact_id,
        deal.id AS contract_id,
        greatest(occurred_at, base.created_at) AS occurred_at,
        least(greatest(occurred_at, base.created_at)
            + pg_temp.share(picks.id, 408) * interval '90 minutes', %(now)s
        ) AS created_at,
        base.holder_id AS customer_owner_id,
        CASE WHEN pg_temp.share(picks.id, 421) < 0.3
            THEN coalesce(colleague_id, base.owner_id) ELSE base.owner_id
        END AS owner_id,
        base.is_gone OR pg_temp.share(picks.id, 409) < 0.005 AS is_gone,
        CASE WHEN base.registration = 'registered'
            THEN pg_temp.registration(picks.id, 410) ELSE 'reported'
        END AS registration,
        (%(phrases)s::text[])[pg_temp.place(picks.id, 411, %(n_phrases)s, 1.2)]
            AS subject,
        CASE WHEN pg_temp.share(picks.id, 412) < 0.7 THEN
            (%(phrases)s::text[])[pg_temp.place(picks.id, 413, %(n_phrases)s, 1)]
            || '，'
            || (%(phrases)s::text[])[pg_temp.place(picks.id, 414, %(n_phrases)s, 1)]
            || '。' ELSE '' END AS content,
        CASE WHEN pg_temp.share(picks.id, 415) < 0.2 THEN
            (%(phrases)s::text[])[pg_temp.place(picks.id, 416, %(n_phrases)s, 1)]
            ELSE '' END AS feedback,
        CASE WHEN pg_temp.share(picks.id, 417) < 0.1 THEN
            (%(phrases)s::text[])[pg_temp.place(picks.id, 418, %(n_phrases)s, 1)]
            ELSE '' END AS result
    FROM (
        SELECT id, share,
            pg_temp.moment(%(workdays)s * share) AS occurred_at,
            CASE WHEN pg_temp.share(id, 401) < 0.1
                THEN ceil(power(share, 4.0 / 3) * pg_temp.share(id, 402)
                    * (SELECT count(*) FROM deal))::bigint
            END AS deal
        FROM generate_series(1::bigint, %(customers)s * 3) AS id
        CROSS JOIN LATERAL (
            SELECT power((id - 0.5::float8) / (%(customers)s * 3), 0.75) AS share
            OFFSET 0
        ) AS time
        OFFSET 0
    ) AS picks
    LEFT JOIN deal ON deal.id = picks.deal AND NOT deal.is_gone
        AND deal.created_at <= picks.occurred_at
    JOIN base ON base.id
        = coalesce(deal.customer_id, pg_temp.customer_at(picks.id, 420, share))
    CROSS JOIN LATERAL (
        SELECT (first_contact + pg_temp.place(picks.id, 407, contacts, 1) - 1)::bigint
            AS id
    ) AS contact
    OFFSET 0
) AS interaction
ORDER BY id;
