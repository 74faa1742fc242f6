-- Where competitors were met, every fifth time over a contract.
CREATE TEMP TABLE rival AS
SELECT row_number() OVER (ORDER BY id) AS place, id, name
FROM competitors_competitor WHERE deleted_at IS NULL AND registration = 'registered';
ANALYZE rival;

INSERT INTO competitors_encounter (
    id, competitor_id, customer_id, contract_id, offered_product, price, position,
    outcome, reason_id, happened_on, remarks, title,
    search_text,
    customer_owner_id, owner_id, reporter_id, entered_by_id, created_at, changed_at,
    version, is_settled,
    deleted_at, deleted_by_id, registration, registered_by_id, registered_at,
    return_reason
)
SELECT id, rival_id, customer_id, contract_id,
    offered_product,
    CASE WHEN pg_temp.share(id, 603) < 0.6
        THEN round(power(10, 3 + 3 * pg_temp.share(id, 604))::numeric, 2) END,
    (ARRAY['ahead', 'level', 'behind'])[pg_temp.place(id, 605, 3, 1)],
    outcome,
    CASE WHEN outcome <> 'open'
        THEN (%(outcomes)s::bigint[])[pg_temp.place(id, 606, %(n_outcomes)s, 1.5)] END,
    pg_temp.day(created_at), '', title,
    offered_product || E'\t',
    customer_owner_id, owner_id, owner_id, owner_id, created_at, created_at, 1, false,
    CASE WHEN is_gone THEN least(created_at + interval '5 days', %(now)s) END,
    CASE WHEN is_gone THEN owner_id END,
    registration,
    CASE WHEN registration = 'registered' THEN %(registrar)s::bigint END,
    CASE WHEN registration = 'registered'
        THEN least(created_at + interval '1 hour', %(now)s) END,
    CASE WHEN registration = 'returned' THEN '请注明信息来源' ELSE '' END
FROM (
    SELECT picks.id, base.id AS customer_id, rival.id AS rival_id,
        deal.id AS contract_id, base.owner_id, base.holder_id AS customer_owner_id,
        base.is_gone OR pg_temp.share(picks.id, 610) < 0.008 AS is_gone,
        CASE WHEN base.registration = 'registered'
            THEN pg_temp.registration(picks.id, 611) ELSE 'reported'
        END AS registration,
        greatest(moment, base.created_at + interval '5 minutes') AS created_at,
        CASE WHEN share > 0.97 THEN 'open'
            WHEN pg_temp.share(picks.id, 612) < 0.45 THEN 'we_won'
            WHEN pg_temp.share(picks.id, 612) < 0.8 THEN 'they_won'
            WHEN pg_temp.share(picks.id, 612) < 0.9 THEN 'both_lost'
            ELSE 'open' END AS outcome,
        rival.name || ' × ' || base.name AS title
    FROM (
        SELECT id, share, pg_temp.moment(%(workdays)s * share) AS moment,
            CASE WHEN pg_temp.share(id, 613) < 0.2
                THEN ceil(power(share, 4.0 / 3) * pg_temp.share(id, 614)
                    * (SELECT count(*) FROM deal))::bigint
            END AS deal
        FROM generate_series(1::bigint, %(customers)s / 20) AS id
        CROSS JOIN LATERAL (
            SELECT power((id - 0.5::float8) / (%(customers)s / 20), 0.75) AS share
            OFFSET 0
        ) AS time
        OFFSET 0
    ) AS picks
    LEFT JOIN deal ON deal.id = picks.deal AND NOT deal.is_gone
        AND deal.created_at <= picks.moment
    JOIN base ON base.id
        = coalesce(deal.customer_id, pg_temp.customer_at(picks.id, 615, share))
    JOIN rival ON rival.place = pg_temp.place(picks.id, 618, %(n_rivals)s, 2)
) AS encounter
CROSS JOIN LATERAL (
    SELECT CASE WHEN pg_temp.share(id, 601) < 0.6 THEN (ARRAY[
            '智能水表', '超声流量计', '数据采集平台', '压力变送器', '能耗管理软件', '计量检定服务'
        ])[pg_temp.place(id, 602, 6, 1)] ELSE '' END AS offered_product
) AS own
ORDER BY id;
