-- The 20 stories of most articles, and what holds each together: its least alike member and the terms shared there.
-- story_id VARCHAR: article_uid of the story's earliest article
-- title VARCHAR: headline of the earliest article
-- articles INTEGER: how many articles it has
-- hours DOUBLE: from its earliest to its latest article
-- typical_score DOUBLE: median of its members' likeness to the closest other member
-- least_score DOUBLE: the least of these
-- least_member VARCHAR: the article of which it is
-- least_evidence VARCHAR: the article closest to that one, and the terms they share
CREATE VIEW largest_stories AS
WITH largest AS (
    FROM lake.stories WHERE articles > 1 ORDER BY articles DESC, story_id LIMIT 20
),
held AS (
    SELECT
        story_id,
        median(score) AS typical_score,
        arg_min({'score': score, 'article_uid': article_uid, 'evidence': evidence}, (score, article_uid)) AS least
    FROM lake.story_members
    SEMI JOIN largest USING (story_id)
    GROUP BY story_id
)
SELECT
    l.story_id,
    l.title,
    l.articles,
    epoch(l.last_published_at - l.first_published_at) / 3600 AS hours,
    held.typical_score,
    held.least.score AS least_score,
    held.least.article_uid AS least_member,
    held.least.evidence AS least_evidence
FROM largest AS l
JOIN held USING (story_id)
ORDER BY l.articles DESC, l.story_id
