-- The people at customers: none to four each, their ids in the customers' order.
INSERT INTO customers_contact (
    id, customer_id, name, gender, title, department, decision_role_id, mobile, phone,
    email, wechat, birthday, "primary", remarks, search_text, search_pinyin,
    sort_name, external_number, external_key,
    customer_owner_id, owner_id, reporter_id, entered_by_id, created_at, changed_at,
    version,
    deleted_at, deleted_by_id, registration, registered_by_id, registered_at,
    return_reason
)
SELECT id, customer_id, name,
    (ARRAY['male', 'female', ''])[pg_temp.place(id, 201, 3, 1.3)],
    title,
    department,
    CASE WHEN pg_temp.share(id, 204) < 0.6
        THEN (%(roles)s::bigint[])[pg_temp.place(id, 205, %(n_roles)s, 1)] END,
    mobile,
    '',
    email,
    wechat,
    CASE WHEN pg_temp.share(id, 207) < 0.2
        THEN date '1960-01-01' + pg_temp.place(id, 208, 14000, 1) END,
    nth = 1,
    '',
    worded,
    coalesce(spoken, syllables || ' ' || initials) || E'\t'
        || concat_ws(E'\t', mobile, '', pg_temp.folded(email),
            pg_temp.folded(wechat), '', pg_temp.letters(worded)),
    left(syllables, 60),
    '',
    '',
    holder_id, owner_id, owner_id, owner_id, created_at, created_at, 1,
    CASE WHEN is_gone THEN least(created_at + interval '90 days', %(now)s) END,
    CASE WHEN is_gone THEN owner_id END,
    registration,
    CASE WHEN registration = 'registered' THEN %(registrar)s::bigint END,
    CASE WHEN registration = 'registered'
        THEN least(created_at + interval '3 hours', %(now)s) END,
    CASE WHEN registration = 'returned' THEN '请核对手机号码' ELSE '' END
FROM (
    SELECT contact.id,
        base.id AS customer_id,
        nth,
        owner_id,
        holder_id,
        least(created_at + nth * interval '11 minutes', %(now)s) AS created_at,
        base.is_gone OR pg_temp.contact_is_gone(contact.id) AS is_gone,
        CASE WHEN base.registration = 'registered'
            THEN pg_temp.registration(contact.id, 209) ELSE 'reported'
        END AS registration,
        surname.text || given.text AS name,
        surname.syllables || given.syllables AS syllables,
        surname.initials || given.initials AS initials,
        pg_temp.mobile(contact.id, 210) AS mobile,
        CASE WHEN pg_temp.share(contact.id, 212) < 0.5
            THEN surname.initials || given.initials || contact.id || '@example.com'
            ELSE '' END AS email
    FROM base
    CROSS JOIN LATERAL generate_series(1, contacts) AS nth
    CROSS JOIN LATERAL (SELECT (first_contact + nth - 1)::bigint AS id OFFSET 0) AS contact
    JOIN word AS surname ON surname.list = 'surname'
        AND surname.place = pg_temp.place(contact.id, 213, %(n_surname)s, 1.8)
    JOIN word AS given ON given.list = 'given' AND given.place = CASE
        WHEN pg_temp.share(contact.id, 214) < 0.3
        THEN pg_temp.place(contact.id, 215, %(n_single_given)s, 1)
        ELSE pg_temp.place(contact.id, 215, %(n_given)s, 1) END
    OFFSET 0
) AS contact
CROSS JOIN LATERAL (
    SELECT (ARRAY['总经理', '采购经理', '技术总监', '财务经理', '项目经理', '工程师'])[
            pg_temp.place(id, 202, 6, 1)] AS title,
        (ARRAY['', '采购部', '技术部', '财务部', '生产部', '行政部'])[
            pg_temp.place(id, 203, 6, 1)] AS department,
        CASE WHEN pg_temp.share(id, 206) < 0.3 THEN 'wx_' || initials || id ELSE '' END AS wechat
) AS own
CROSS JOIN LATERAL (
    SELECT concat_ws(E'\t', pg_temp.kept(name), title, department, '') AS worded
) AS text
LEFT JOIN said ON said.text = name AND said.is_person
ORDER BY id;
