"""The tables of knowledge.db: STRICT, with foreign keys. The file is made anew from the facts, so nothing is ever migrated."""

from __future__ import annotations

SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE item (
  letter TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, romaji TEXT NOT NULL UNIQUE,
  short_ja TEXT NOT NULL, short_en TEXT NOT NULL, official_ja TEXT NOT NULL, official_en TEXT NOT NULL,
  meaning_ja TEXT NOT NULL, meaning_en TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE municipality (
  code TEXT PRIMARY KEY CHECK (code GLOB '[0-9][0-9][0-9][0-9][0-9]'), name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('市', '町', '村', '区')), kana TEXT NOT NULL, prefecture TEXT NOT NULL, former TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- `code` is a municipality's, or a prefecture's two digits where form is 'prefecture'.
CREATE TABLE name_form (
  key TEXT NOT NULL, script TEXT NOT NULL, code TEXT NOT NULL, form TEXT NOT NULL
) STRICT;

CREATE TABLE area (
  name TEXT NOT NULL, prefecture TEXT NOT NULL, en TEXT NOT NULL, source TEXT NOT NULL, PRIMARY KEY (prefecture, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE area_member (
  prefecture TEXT NOT NULL, area TEXT NOT NULL, municipality TEXT NOT NULL REFERENCES municipality,
  PRIMARY KEY (prefecture, area, municipality), FOREIGN KEY (prefecture, area) REFERENCES area (prefecture, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE word (
  surface TEXT NOT NULL, lang TEXT NOT NULL CHECK (lang IN ('ja', 'en')), kind TEXT NOT NULL, value TEXT NOT NULL
) STRICT;

CREATE TABLE source (
  id TEXT PRIMARY KEY, document_ja TEXT NOT NULL, document_en TEXT NOT NULL, publisher_ja TEXT NOT NULL, publisher_en TEXT NOT NULL,
  date TEXT NOT NULL, note_ja TEXT, note_en TEXT
) STRICT, WITHOUT ROWID;

CREATE TABLE territory (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, en TEXT NOT NULL, kind TEXT NOT NULL, words TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE territory_member (
  territory TEXT NOT NULL REFERENCES territory, municipality TEXT NOT NULL REFERENCES municipality, PRIMARY KEY (territory, municipality)
) STRICT, WITHOUT ROWID;

CREATE TABLE survey (
  id TEXT PRIMARY KEY, source TEXT NOT NULL REFERENCES source, territory TEXT NOT NULL REFERENCES territory,
  as_of TEXT NOT NULL, label TEXT NOT NULL, kind TEXT NOT NULL CHECK (kind IN ('actual', 'planned')),
  n INTEGER NOT NULL CHECK (n >= 0), named INTEGER NOT NULL CHECK (named IN (0, 1)), place TEXT NOT NULL, plan_by TEXT NOT NULL,
  based_on TEXT NOT NULL, total INTEGER, note_ja TEXT, note_en TEXT
) STRICT, WITHOUT ROWID;

-- Every municipality of a survey that names them has a row for every item: nothing is left to be inferred.
CREATE TABLE status (
  municipality TEXT NOT NULL REFERENCES municipality, survey TEXT NOT NULL REFERENCES survey, item TEXT NOT NULL REFERENCES item,
  state TEXT NOT NULL CHECK (state IN ('done', 'planned', 'neither')), PRIMARY KEY (municipality, survey, item)
) STRICT, WITHOUT ROWID;

CREATE TABLE tally (
  survey TEXT NOT NULL REFERENCES survey, position INTEGER NOT NULL, item TEXT NOT NULL REFERENCES item, no TEXT NOT NULL,
  question_ja TEXT, question_en TEXT, part_ja TEXT, part_en TEXT, done INTEGER NOT NULL, not_done INTEGER NOT NULL,
  done_share REAL, not_done_share REAL, PRIMARY KEY (survey, position)
) STRICT, WITHOUT ROWID;

-- Tables, rows, programmes, topics, points, events: alike in how they are found; what they say stands in `told` as JSON.
CREATE TABLE subject (
  id TEXT PRIMARY KEY, position INTEGER NOT NULL UNIQUE, kind TEXT NOT NULL CHECK (kind IN ('table', 'row', 'programme', 'topic', 'point', 'event')),
  source TEXT NOT NULL REFERENCES source, territory TEXT NOT NULL REFERENCES territory, place TEXT NOT NULL,
  title_ja TEXT NOT NULL, title_en TEXT NOT NULL, parent TEXT REFERENCES subject DEFERRABLE INITIALLY DEFERRED, items TEXT NOT NULL,
  ways TEXT NOT NULL, text TEXT NOT NULL, told TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- What is derived from all of the above when the file is made, as JSON (db/derived.py).
CREATE TABLE derived (name TEXT PRIMARY KEY CHECK (name IN ('lexicon', 'ways')), told TEXT NOT NULL) STRICT, WITHOUT ROWID;
"""

INDEXES = """
CREATE INDEX status_by_state ON status (survey, item, state, municipality);
"""
