"""Who hears for a plant, a district or the city: SQL that every reminder run joins to what it has to say.

CIRCLES are common table expressions (parameter `as_of`). A circle's `name` is enterprise, district, office or leader, its
`place` the number of the enterprise, or of the district. Leaders are left out of the working circles unless nobody
else is posted there.

HEARD_BY joins the people who hear: `t.name` is the circle that is meant, `f` a row with `enterprise_id` and
`district_id`. Where an enterprise has no safety officer posted, the district is told in its place, and where a
district has nobody posted, the office: nothing passes unheard.
"""

CIRCLES = """
    posted AS (
        SELECT DISTINCT person_id, role, enterprise_id, district_id, leads
          FROM tenancy_posting
         WHERE starts <= %(as_of)s AND (ends IS NULL OR ends >= %(as_of)s)
    ),
    circle AS (
        SELECT 'enterprise' AS name, enterprise_id AS place, person_id FROM posted WHERE role = 'officer'
        UNION
        SELECT 'district', district_id, person_id FROM posted
         WHERE role = 'inspector' AND (NOT leads OR district_id NOT IN (
                   SELECT district_id FROM posted WHERE role = 'inspector' AND NOT leads))
        UNION
        SELECT 'office', d.id, person_id FROM posted CROSS JOIN tenancy_district d
         WHERE role = 'office' AND (NOT leads OR NOT EXISTS (
                   SELECT FROM posted WHERE role = 'office' AND NOT leads))
        UNION
        SELECT 'leader', d.id, person_id FROM posted p JOIN tenancy_district d
               ON p.role = 'office' OR p.role = 'inspector' AND p.district_id = d.id
         WHERE leads
    )"""

HEARD_BY = """
         CROSS JOIN LATERAL (
               SELECT CASE WHEN t.name = 'enterprise' AND f.enterprise_id NOT IN (
                                SELECT place FROM circle WHERE name = 'enterprise')
                           THEN 'district' ELSE t.name END AS name) AS instead
         CROSS JOIN LATERAL (
               SELECT CASE WHEN instead.name = 'district' AND f.district_id NOT IN (
                                SELECT place FROM circle WHERE name = 'district')
                           THEN 'office' ELSE instead.name END AS name) AS finally
          JOIN circle c ON c.name = finally.name
               AND c.place = CASE finally.name WHEN 'enterprise' THEN f.enterprise_id ELSE f.district_id END"""
