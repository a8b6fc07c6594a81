"""Dates as people write them -> intervals with a precision; eras, fiscal years and their labels.

A fact is a snapshot (H27.8, H29.6), so a date is read as the interval that the asker meant, and how exactly; the
answerer picks the snapshot. Nothing is guessed: where the era or the year is missing and several fit, all of them are
candidates and none is the value. Counts (7項目, 19市町, 補助率 10/10) are never dates. No library reads 年度末, FY or a
missing era, hence this package.

    text -> points and words, as written -> ranges, open ends -> mentions, given today and what is known

    japanese, digits, years, months, today, series    text -> points, words; what they share is in `points`
    ranges     points -> points                       meaning    points -> mentions       find    all of it together
    eras, intervals    the calendar                   periods    the values               labels  values -> words
"""

from knowledge.dates.eras import ERAS, Era, era_of, era_year, read_number
from knowledge.dates.find import find_dates
from knowledge.dates.intervals import Interval, Precision, fiscal_year, fiscal_year_of, month_of, unit
from knowledge.dates.labels import era_form, era_label, period_label, short_label, western_label
from knowledge.dates.periods import DateMention, Kind, Lang, MonthDay, Open, Period, Relative, Span, period_of

__all__ = [
    "ERAS",
    "DateMention",
    "Era",
    "Interval",
    "Kind",
    "Lang",
    "MonthDay",
    "Open",
    "Period",
    "Precision",
    "Relative",
    "Span",
    "era_form",
    "era_label",
    "era_of",
    "era_year",
    "find_dates",
    "fiscal_year",
    "fiscal_year_of",
    "month_of",
    "period_label",
    "period_of",
    "read_number",
    "short_label",
    "unit",
    "western_label",
]
