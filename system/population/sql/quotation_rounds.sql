-- What was submitted and decided of every quotation that is no draft any more. The
-- snapshots are written as sales.approval writes them: keys in order, no blanks.
CREATE TEMP TABLE told_of_quotation AS
SELECT quotation_id, '[' || string_agg(
    '{"amount":' || pg_temp.quoted(amount::text)
    || ',"discount":' || pg_temp.quoted(discount::text)
    || ',"floor":' || pg_temp.quoted(floor::numeric(18, 2)::text)
    || ',"list_price":' || pg_temp.quoted(list_price::numeric(18, 2)::text)
    || ',"off_list":' || pg_temp.quoted(off_list::text)
    || ',"product":{"code":' || pg_temp.quoted(goods.code)
    || ',"id":' || goods.id || ',"name":' || pg_temp.quoted(goods.name)
    || '},"quantity":' || pg_temp.quoted(quantity::text)
    || ',"total_discount":' || pg_temp.quoted(total_discount::text)
    || ',"unit_price":' || pg_temp.quoted(unit_price::numeric(18, 2)::text) || '}',
    ',' ORDER BY line.id
) || ']' AS lines
FROM sales_quotationline AS line JOIN goods ON goods.id = product_id
GROUP BY quotation_id;
ANALYZE told_of_quotation;

CREATE TEMP TABLE quotation_round AS
SELECT row_number() OVER (ORDER BY id) AS id, id AS quotation_id, owner_id, rule_id,
    rule_name, status, submitted_at, closed_at
FROM quoted WHERE status <> 'draft';
ANALYZE quotation_round;

INSERT INTO sales_quotationround (
    id, quotation_id, snapshot, sha256, rule_name, unruled, submitted_by_id,
    submitted_at, state, closed_at
)
SELECT id, quotation_id, snapshot,
    encode(sha256(convert_to(snapshot, 'UTF8')), 'hex'),
    coalesce(rule_name, ''), rule_id IS NULL, owner_id, submitted_at,
    CASE WHEN status IN ('rejected', 'recalled') THEN status
        WHEN closed_at IS NULL THEN 'open' ELSE 'approved' END, closed_at
FROM (
    SELECT round.*,
        '{"amount":' || pg_temp.quoted(quotation.amount::text)
        || ',"contact":' || pg_temp.named(contact.id, contact.name)
        || ',"customer":' || pg_temp.named(customer.id, customer.name)
        || ',"discount":' || pg_temp.quoted(quotation.discount::text)
        || ',"discount_most":' || pg_temp.quoted(discount_most::text)
        || ',"lines":' || told_of_quotation.lines
        || ',"list_amount":' || pg_temp.quoted(list_amount::text)
        || ',"number":' || pg_temp.quoted(quotation.number)
        || ',"opportunity":' || pg_temp.named(
            opportunity.id, opportunity.number || ' ' || opportunity.title)
        || ',"owner":' || pg_temp.named(owner.id, owner.name)
        || ',"quoted_on":' || pg_temp.quoted(quoted_on::text)
        || ',"tax_rate":' || pg_temp.quoted(tax_rate::text)
        || ',"terms":"","title":' || pg_temp.quoted(quotation.title)
        || ',"valid_until":' || pg_temp.quoted(valid_until::text) || '}' AS snapshot
    FROM quotation_round AS round
    JOIN told_of_quotation USING (quotation_id)
    JOIN sales_quotation AS quotation ON quotation.id = quotation_id
    JOIN customers_customer AS customer ON customer.id = customer_id
    JOIN sales_opportunity AS opportunity ON opportunity.id = opportunity_id
    JOIN crm_user AS owner ON owner.id = quotation.owner_id
    LEFT JOIN customers_contact AS contact ON contact.id = quotation.contact_id
) AS round
ORDER BY id;

INSERT INTO sales_quotationroundstep (
    id, round_id, position, asks, role_id, person_id, last_resort_id
)
SELECT row_number() OVER (ORDER BY round.id, step.position), round.id, step.position,
    asks, role_id, person_id, last_resort_id
FROM quotation_round AS round
JOIN sales_quotationapprovalrule AS rule ON rule.id = round.rule_id
JOIN sales_quotationapprovalstep AS step ON step.rule_id = rule.id
ORDER BY 1;

-- As with contracts: rejected at the first step, recalled before it, and what is
-- pending waits for its first step, or for the next one.
INSERT INTO sales_quotationdecision (
    id, quotation_id, step_id, approved, opinion, by_id, on_behalf_of_id, at
)
SELECT row_number() OVER (ORDER BY step.id), quotation_id, step.id,
    status <> 'rejected',
    CASE WHEN status = 'rejected' THEN '让价过多，请附上竞品报价后再报。' ELSE '' END,
    CASE asks WHEN 'head' THEN department.head_id ELSE above.head_id END,
    NULL,
    CASE WHEN status = 'rejected' THEN closed_at
        ELSE submitted_at + (position / steps::float8) * (coalesce(
            closed_at, least(submitted_at + interval '1 hour', %(now)s)
        ) - submitted_at) END
FROM (
    SELECT *, count(*) OVER (PARTITION BY round_id) AS steps
    FROM sales_quotationroundstep
) AS step
JOIN quotation_round AS round ON round.id = round_id
JOIN crm_user AS owner ON owner.id = round.owner_id
JOIN crm_department AS department ON department.id = owner.department_id
JOIN crm_department AS above ON above.id = department.parent_id
WHERE (closed_at IS NOT NULL AND status NOT IN ('rejected', 'recalled'))
    OR (status = 'rejected' AND position = 1)
    OR (status = 'pending' AND position < steps
        AND pg_temp.share(quotation_id, 635) < 0.5)
ORDER BY 1;
