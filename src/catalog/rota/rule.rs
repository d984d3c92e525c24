//! A rule of recurrence (RFC 5545, 3.3.10), walked in local time.
//!
//! The library that judges rules begins at their start and cannot be bounded, so a rule that was
//! written long ago, or never comes true, would cost seconds. Here a walk begins near the time that
//! is asked for, and every day that it looks at is paid from a [`Budget`].

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Weekday};

/// How many days may still be looked at.
#[derive(Debug)]
pub(super) struct Budget(pub(super) u64);

impl Budget {
    /// Whether there was enough.
    pub(super) fn pay(&mut self, cost: u64) -> bool {
        let enough = self.0 >= cost;
        self.0 = self.0.saturating_sub(cost);
        enough
    }
}

/// How often a rule may come true.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Frequency {
    Hourly,
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A rule, with everything in it that its start implies.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    start: NaiveDateTime,
    frequency: Frequency,
    interval: i64,
    count: Option<u32>,
    /// The last instant at which it may come true, in UTC.
    pub(super) until: Option<NaiveDateTime>,
    week_start: Weekday,
    months: Vec<i32>,
    weeks: Vec<i32>,
    year_days: Vec<i32>,
    month_days: Vec<i32>,
    /// Days of the week, and which of the month or year; 0 for each.
    weekdays: Vec<(i32, Weekday)>,
    hours: Vec<i32>,
    minutes: Vec<i32>,
    seconds: Vec<i32>,
    positions: Vec<i32>,
}

impl Rule {
    /// Reads a rule; nothing if it cannot be read, or recurs by the minute or second.
    pub(super) fn read(text: &str, start: NaiveDateTime) -> Option<Self> {
        let mut rule = Self {
            start,
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            week_start: Weekday::Mon,
            months: Vec::new(),
            weeks: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            hours: Vec::new(),
            minutes: Vec::new(),
            seconds: Vec::new(),
            positions: Vec::new(),
        };
        let text = text.to_ascii_uppercase();
        let mut frequent = false;
        for part in text.trim_end_matches(';').split(';') {
            let (name, value) = part.split_once('=')?;
            frequent |= name == "FREQ";
            rule.set(name, value)?;
        }
        rule.imply();
        frequent.then_some(rule)
    }

    fn set(&mut self, name: &str, value: &str) -> Option<()> {
        match name {
            "FREQ" => {
                self.frequency = match value {
                    "HOURLY" => Frequency::Hourly,
                    "DAILY" => Frequency::Daily,
                    "WEEKLY" => Frequency::Weekly,
                    "MONTHLY" => Frequency::Monthly,
                    "YEARLY" => Frequency::Yearly,
                    _ => return None,
                };
            }
            "INTERVAL" => self.interval = value.parse::<u16>().ok().filter(|n| *n > 0)?.into(),
            "COUNT" => self.count = Some(value.parse().ok()?),
            "UNTIL" => {
                let form = "%Y%m%dT%H%M%SZ";
                self.until = Some(NaiveDateTime::parse_from_str(value, form).ok()?);
            }
            "WKST" => self.week_start = weekday(value)?,
            "BYMONTH" => self.months = numbers(value, 1, 12)?,
            "BYWEEKNO" => self.weeks = around(value, 53)?,
            "BYYEARDAY" => self.year_days = around(value, 366)?,
            "BYMONTHDAY" => self.month_days = around(value, 31)?,
            "BYHOUR" => self.hours = numbers(value, 0, 23)?,
            "BYMINUTE" => self.minutes = numbers(value, 0, 59)?,
            "BYSECOND" => self.seconds = numbers(value, 0, 59)?,
            "BYSETPOS" => self.positions = around(value, 366)?,
            "BYDAY" => self.weekdays = value.split(',').map(nth_weekday).collect::<Option<_>>()?,
            _ => return None,
        }
        Some(())
    }

    /// Adds what the start says and the rule leaves open.
    fn imply(&mut self) {
        let days = [&self.weeks, &self.year_days, &self.month_days];
        if days.iter().all(|list| list.is_empty()) && self.weekdays.is_empty() {
            let day = self.start.day() as i32;
            match self.frequency {
                Frequency::Yearly => {
                    if self.months.is_empty() {
                        self.months = vec![self.start.month() as i32];
                    }
                    self.month_days = vec![day];
                }
                Frequency::Monthly => self.month_days = vec![day],
                Frequency::Weekly => self.weekdays = vec![(0, self.start.weekday())],
                Frequency::Daily | Frequency::Hourly => {}
            }
        }
        let hour = self.start.hour() as i32;
        if self.hours.is_empty() && self.frequency != Frequency::Hourly {
            self.hours = vec![hour];
        }
        if self.minutes.is_empty() {
            self.minutes = vec![self.start.minute() as i32];
        }
        if self.seconds.is_empty() {
            self.seconds = vec![self.start.second() as i32];
        }
        for list in [&mut self.hours, &mut self.minutes, &mut self.seconds] {
            list.sort_unstable();
            list.dedup();
        }
    }

    /// Shows the local times from `from` until before `to` at which it comes true, in order, as long
    /// as `take` wants more. False if the budget did not suffice.
    pub(super) fn walk(
        &self,
        from: NaiveDateTime,
        to: NaiveDateTime,
        budget: &mut Budget,
        take: &mut dyn FnMut(NaiveDateTime) -> bool,
    ) -> bool {
        // What is counted is counted from the start.
        let mut number = if self.count.is_some() { 0 } else { self.period_before(from) };
        let mut left = self.count;
        loop {
            let Some(first) = self.period(number) else { return true };
            if first >= to || left == Some(0) {
                return true;
            }
            let Some(times) = self.times(first, budget) else { return false };
            for time in times {
                if time < self.start {
                    continue;
                }
                if time >= to || left == Some(0) {
                    return true;
                }
                left = left.map(|left| left - 1);
                if time >= from && !take(time) {
                    return true;
                }
            }
            number += 1;
        }
    }

    /// The number of a period that is surely not after a time.
    fn period_before(&self, time: NaiveDateTime) -> i64 {
        let since = time - self.start;
        let periods = match self.frequency {
            Frequency::Hourly => since.num_hours(),
            Frequency::Daily => since.num_days(),
            Frequency::Weekly => since.num_days() / 7,
            Frequency::Monthly => month_number(time.date()) - month_number(self.start.date()),
            Frequency::Yearly => i64::from(time.year()) - i64::from(self.start.year()),
        };
        (periods / self.interval - 2).max(0)
    }

    /// When a period begins; nothing beyond the calendar.
    fn period(&self, number: i64) -> Option<NaiveDateTime> {
        let steps = number.checked_mul(self.interval)?;
        let day = self.start.date();
        match self.frequency {
            Frequency::Hourly => {
                let hour = day.and_hms_opt(self.start.hour(), 0, 0)?;
                hour.checked_add_signed(TimeDelta::try_hours(steps)?)
            }
            Frequency::Daily => later(day, steps)?.and_hms_opt(0, 0, 0),
            Frequency::Weekly => {
                later(day.week(self.week_start).first_day(), steps.checked_mul(7)?)?
                    .and_hms_opt(0, 0, 0)
            }
            Frequency::Monthly => {
                let month = month_number(day).checked_add(steps)?;
                let year = i32::try_from(month.div_euclid(12)).ok()?;
                let month = u32::try_from(month.rem_euclid(12)).ok()? + 1;
                NaiveDate::from_ymd_opt(year, month, 1)?.and_hms_opt(0, 0, 0)
            }
            Frequency::Yearly => {
                let year = i64::from(day.year()).checked_add(steps)?;
                NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, 1, 1)?.and_hms_opt(0, 0, 0)
            }
        }
    }

    /// The times of a period, in order; nothing if the budget does not suffice.
    fn times(&self, first: NaiveDateTime, budget: &mut Budget) -> Option<Vec<NaiveDateTime>> {
        let days = self.days(first.date());
        let per_day = self.hours.len().max(1) * self.minutes.len() * self.seconds.len();
        let mut found = Vec::new();
        for (day, length) in days {
            if !budget.pay(1) {
                return None;
            }
            for day in day.iter_days().take(length).filter(|day| self.fits(*day)) {
                if !budget.pay(per_day as u64) {
                    return None;
                }
                self.times_of_day(day, first, &mut found);
            }
            if !budget.pay(length as u64) {
                return None;
            }
        }
        Some(self.at_positions(found))
    }

    /// The runs of days of a period that can fit.
    fn days(&self, first: NaiveDate) -> Vec<(NaiveDate, usize)> {
        match self.frequency {
            Frequency::Hourly | Frequency::Daily => vec![(first, 1)],
            Frequency::Weekly => vec![(first, 7)],
            Frequency::Monthly => vec![(first, days_of_month(first))],
            Frequency::Yearly if self.months.is_empty() => vec![(first, days_of_year(first))],
            Frequency::Yearly => {
                let months = (1..=12).filter(|month| self.months.contains(month));
                let firsts =
                    months.filter_map(|month| first.with_month(u32::try_from(month).ok()?));
                firsts.map(|month| (month, days_of_month(month))).collect()
            }
        }
    }

    fn fits(&self, day: NaiveDate) -> bool {
        let is = |list: &[i32], value: i32, length: usize| {
            list.is_empty() || list.contains(&value) || list.contains(&(value - length as i32 - 1))
        };
        let month = self.months.is_empty() || self.months.contains(&(day.month() as i32));
        month
            && is(&self.month_days, day.day() as i32, days_of_month(day))
            && is(&self.year_days, day.ordinal() as i32, days_of_year(day))
            && self.fits_week(day)
            && self.fits_weekday(day)
    }

    fn fits_week(&self, day: NaiveDate) -> bool {
        if self.weeks.is_empty() {
            return true;
        }
        // A week belongs to the year of its fourth day.
        let middle = |day: NaiveDate| later(day.week(self.week_start).first_day(), 3);
        let Some(of) = middle(day) else { return false };
        let number = (of.ordinal0() / 7 + 1) as i32;
        let last = NaiveDate::from_ymd_opt(of.year(), 12, 28).and_then(middle);
        let weeks = last.map_or(52, |last| (last.ordinal0() / 7 + 1) as i32);
        self.weeks.contains(&number) || self.weeks.contains(&(number - weeks - 1))
    }

    fn fits_weekday(&self, day: NaiveDate) -> bool {
        let of_month = match self.frequency {
            Frequency::Monthly => true,
            Frequency::Yearly => !self.months.is_empty(),
            _ => false,
        };
        let (place, length) = match of_month {
            true => (day.day0() as i32, days_of_month(day) as i32),
            false => (day.ordinal0() as i32, days_of_year(day) as i32),
        };
        let fits = |(nth, weekday): &(i32, Weekday)| {
            *weekday == day.weekday()
                && (*nth == 0 || *nth == place / 7 + 1 || *nth == -((length - 1 - place) / 7 + 1))
        };
        self.weekdays.is_empty() || self.weekdays.iter().any(fits)
    }

    fn times_of_day(&self, day: NaiveDate, first: NaiveDateTime, found: &mut Vec<NaiveDateTime>) {
        let hour = [first.hour() as i32];
        let hours: &[i32] = match self.frequency {
            Frequency::Hourly if self.hours.is_empty() || self.hours.contains(&hour[0]) => &hour,
            Frequency::Hourly => &[],
            _ => &self.hours,
        };
        let minutes = |hour| self.minutes.iter().map(move |minute| (hour, *minute));
        for (hour, minute) in hours.iter().flat_map(|hour| minutes(*hour)) {
            let time =
                |second: &i32| NaiveTime::from_hms_opt(hour as u32, minute as u32, *second as u32);
            found.extend(self.seconds.iter().filter_map(time).map(|time| day.and_time(time)));
        }
    }

    /// Of the times of a period those at the positions that the rule names.
    fn at_positions(&self, times: Vec<NaiveDateTime>) -> Vec<NaiveDateTime> {
        if self.positions.is_empty() {
            return times;
        }
        let length = times.len() as i32;
        let wanted =
            |at: i32| self.positions.contains(&(at + 1)) || self.positions.contains(&(at - length));
        let numbered = times.into_iter().enumerate();
        numbered.filter(|(at, _)| wanted(*at as i32)).map(|(_, time)| time).collect()
    }
}

fn numbers(text: &str, least: i32, most: i32) -> Option<Vec<i32>> {
    let number =
        |text: &str| text.parse::<i32>().ok().filter(|number| (least..=most).contains(number));
    text.split(',').map(number).collect()
}

/// Numbers that count from the end if they are negative; none is 0.
fn around(text: &str, most: i32) -> Option<Vec<i32>> {
    numbers(text, -most, most).filter(|numbers| !numbers.contains(&0))
}

fn weekday(text: &str) -> Option<Weekday> {
    Some(match text {
        "MO" => Weekday::Mon,
        "TU" => Weekday::Tue,
        "WE" => Weekday::Wed,
        "TH" => Weekday::Thu,
        "FR" => Weekday::Fri,
        "SA" => Weekday::Sat,
        "SU" => Weekday::Sun,
        _ => return None,
    })
}

fn nth_weekday(text: &str) -> Option<(i32, Weekday)> {
    let (number, name) = text.split_at_checked(text.len().checked_sub(2)?)?;
    let nth = match number {
        "" => 0,
        _ => number.parse().ok().filter(|nth| *nth != 0 && (-53..=53).contains(nth))?,
    };
    Some((nth, weekday(name)?))
}

fn later(day: NaiveDate, days: i64) -> Option<NaiveDate> {
    day.checked_add_days(Days::new(u64::try_from(days).ok()?))
}

/// Months since the year 0.
fn month_number(day: NaiveDate) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month0())
}

fn days_of_month(day: NaiveDate) -> usize {
    usize::from(day.num_days_in_month())
}

fn days_of_year(day: NaiveDate) -> usize {
    if day.leap_year() { 366 } else { 365 }
}
