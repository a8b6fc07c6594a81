-- name: matching
-- The municipalities of one survey whose item is in one of some states.
SELECT municipality FROM status WHERE survey = :survey AND item = {item} AND state IN ({states})

-- name: at_least
-- The municipalities of one survey with at least n of some items in one of some states.
SELECT municipality FROM status WHERE survey = :survey AND item IN ({items}) AND state IN ({states})
GROUP BY municipality HAVING count(*) >= {n}

-- name: everyone
-- All municipalities of one survey: what a negation is taken from. Each has a row for every item.
SELECT municipality FROM status WHERE survey = :survey AND item = 'ア'

-- name: statuses
-- Every state of one survey, by municipality.
SELECT municipality, item, state FROM status WHERE survey = :survey

-- name: statuses_of
-- Every state of some municipalities in one survey.
SELECT municipality, item, state FROM status WHERE survey = :survey AND municipality IN (SELECT value FROM json_each(:among))

-- name: counts
-- How many municipalities of one survey are in each state, by item.
SELECT item, state, count(*) FROM status WHERE survey = :survey GROUP BY item, state

-- name: counts_of
-- How many of some municipalities are in each state, by item.
SELECT item, state, count(*) FROM status WHERE survey = :survey AND municipality IN (SELECT value FROM json_each(:among)) GROUP BY item, state

-- name: tallies
-- The published counts of one survey in the order printed.
SELECT item, no, question_ja, question_en, part_ja, part_en, done, not_done, done_share, not_done_share
FROM tally WHERE survey = :survey ORDER BY position

-- name: words
-- The vocabulary in the order of the files: of two words that stand for the same, the first is the first.
SELECT surface, kind, value FROM word ORDER BY rowid

-- name: derived
-- What was derived from the facts when the file was made.
SELECT told FROM derived WHERE name = :name
