-- What was submitted and decided, for every contract that is no draft any more. The
-- snapshots are written as contracts.snapshots writes them: keys in order, no blanks.
CREATE FUNCTION pg_temp.quoted(value text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN to_json(coalesce(value, ''))::text;

CREATE FUNCTION pg_temp.named(id bigint, name text) RETURNS text
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN '{"id":' || coalesce(id::text, 'null')
        || ',"name":' || to_json(coalesce(name, ''))::text || '}';

CREATE TEMP TABLE told AS
SELECT contract_id, '[' || string_agg(
    '{"amount":' || pg_temp.quoted(line.amount::text)
    || ',"discount":' || pg_temp.quoted(discount::text)
    || ',"product":{"code":' || pg_temp.quoted(goods.code)
    || ',"id":' || goods.id || ',"name":' || pg_temp.quoted(goods.name)
    || '},"quantity":' || pg_temp.quoted(quantity::text)
    || ',"unit_price":' || pg_temp.quoted(line.price::text) || '}',
    ',' ORDER BY line.id
) || ']' AS lines
FROM line JOIN goods ON goods.id = product_id
GROUP BY contract_id;
ANALYZE told;

CREATE TEMP TABLE round AS
SELECT row_number() OVER (ORDER BY id) AS id, id AS contract_id, owner_id, rule_id,
    rule_name, status,
    created_at + interval '20 minutes' AS submitted_at,
    CASE WHEN status = 'pending' THEN NULL
        WHEN rule_id IS NULL THEN created_at + interval '20 minutes'
        ELSE least(created_at + interval '20 minutes'
            + pg_temp.share(id, 540) * interval '3 days', %(now)s)
    END AS closed_at
FROM deal WHERE status NOT IN ('draft', 'reported');
ANALYZE round;

INSERT INTO contracts_round (
    id, contract_id, edition, snapshot, sha256, rule_name, unruled, submitted_by_id,
    submitted_at, state, closed_at
)
SELECT id, contract_id, 1, snapshot,
    encode(sha256(convert_to(snapshot, 'UTF8')), 'hex'),
    rule_name, rule_id IS NULL, owner_id, submitted_at,
    CASE WHEN status IN ('rejected', 'recalled') THEN status
        WHEN closed_at IS NULL THEN 'open' ELSE 'approved' END, closed_at
FROM (
    SELECT round.*,
        '{"amount":' || pg_temp.quoted(contract.amount::text)
        || ',"attachments":[],"contact":'
        || pg_temp.named(contact.id, contact.name)
        || ',"customer":{"credit_grade":' || pg_temp.quoted(grade.label)
        || ',"credit_limit":' || pg_temp.quoted(customer.credit_limit::text)
        || ',"id":' || customer.id
        || ',"name":' || pg_temp.quoted(customer.name)
        || '},"edition":1,"ends_on":' || pg_temp.quoted(ends_on::text)
        || ',"external_number":""'
        || ',"kind":' || pg_temp.named(kind.id, kind.label)
        || ',"lines":' || told.lines
        || ',"number":' || pg_temp.quoted(contract.number)
        || ',"owner":' || pg_temp.named(owner.id, owner.name)
        || ',"signatory":' || pg_temp.named(signatory.id, signatory.name)
        || ',"signed_on":' || pg_temp.quoted(signed_on::text)
        || ',"starts_on":' || pg_temp.quoted(starts_on::text)
        || ',"tax_rate":' || pg_temp.quoted(tax_rate::text)
        || ',"terms":"","title":' || pg_temp.quoted(contract.title) || '}' AS snapshot
    FROM round
    JOIN told USING (contract_id)
    JOIN contracts_contract AS contract ON contract.id = contract_id
    JOIN customers_customer AS customer ON customer.id = customer_id
    JOIN crm_user AS owner ON owner.id = contract.owner_id
    JOIN crm_dictionaryitem AS kind ON kind.id = contract.kind_id
    LEFT JOIN crm_user AS signatory ON signatory.id = signatory_id
    LEFT JOIN crm_dictionaryitem AS grade ON grade.id = credit_grade_id
    LEFT JOIN customers_contact AS contact ON contact.id = contact_id
) AS round
ORDER BY id;

INSERT INTO contracts_edition (id, contract_id, number, round_id, registered_at)
SELECT row_number() OVER (ORDER BY id), contract_id, 1, id, closed_at
FROM round WHERE closed_at IS NOT NULL AND status NOT IN ('rejected', 'recalled')
ORDER BY id;

INSERT INTO contracts_roundstep (
    id, round_id, position, asks, role_id, person_id, last_resort_id
)
SELECT row_number() OVER (ORDER BY round.id, step.position), round.id, step.position,
    asks, role_id, person_id, last_resort_id
FROM round
JOIN contracts_approvalrule AS rule ON rule.id = round.rule_id
JOIN contracts_approvalstep AS step ON step.rule_id = rule.id
ORDER BY 1;

-- A rejected contract was rejected at its first step, a recalled one before it. A
-- pending contract waits for its first step, or for the next one.
INSERT INTO contracts_decision (
    id, contract_id, step_id, approved, opinion, by_id, on_behalf_of_id, at
)
SELECT row_number() OVER (ORDER BY step.id), contract_id, step.id,
    status <> 'rejected',
    CASE WHEN status = 'rejected' THEN '付款条件过宽，请与客户商定后再报。' ELSE '' END,
    CASE asks WHEN 'head' THEN department.head_id ELSE above.head_id END,
    NULL,
    coalesce(closed_at, submitted_at + interval '1 hour')
        - (steps - position) * interval '5 minutes'
FROM (
    SELECT *, count(*) OVER (PARTITION BY round_id) AS steps
    FROM contracts_roundstep
) AS step
JOIN round ON round.id = round_id
JOIN crm_user AS owner ON owner.id = round.owner_id
JOIN crm_department AS department ON department.id = owner.department_id
JOIN crm_department AS above ON above.id = department.parent_id
WHERE (closed_at IS NOT NULL AND status NOT IN ('rejected', 'recalled'))
    OR (status = 'rejected' AND position = 1)
    OR (status = 'pending' AND position < steps AND pg_temp.share(contract_id, 541) < 0.5)
ORDER BY 1;

INSERT INTO contracts_insight (id, person_id, contract_id, owner_id, other_id)
SELECT row_number() OVER (ORDER BY by_id, contract_id), whose.*
FROM (
    SELECT DISTINCT by_id, contract_id, owner_id, customer_owner_id
    FROM contracts_decision JOIN contracts_contract AS c ON c.id = contract_id
) AS whose
ORDER BY 1;
